// Speaks to the API of the process that served this page. A token, once somebody gave one, is kept in
// this page's memory alone and goes out as a bearer token; the one for orders is kept apart.

let token = '';
let orderToken = ''; // Once one was taken: orders show it, and nothing else does.
let offered = ''; // Goes out with the next order, and stays when it is not refused.
const read_ms_max = 8000;
const order_ms_max = 35_000; // The server gives its stages 30 s.
const limitOf = (options) => (options.method ? order_ms_max : read_ms_max);

export function setToken(text) {
  token = text.trim();
}

/** For the next order; looking goes on with the page's own. */
export function offerOrderToken(text) {
  offered = text.trim();
}

export function headers(more = {}, shown = token) {
  return shown ? { ...more, Authorization: `Bearer ${shown}` } : more;
}

/** What the server refused: `status`, `text` for a person, `errors` by field. */
export class Refused extends Error {
  constructor(status, document) {
    const detail = document?.detail || document?.title || `the server answered ${status}`;
    super(detail);
    this.status = status;
    this.errors = document?.errors ?? [];
    // Without a token, with a wrong one, or with one that is good for less.
    this.wantsToken = status === 401 || document?.type === 'urn:sluice:problem:token_not_enough';
  }
}

/** No answer came, so nobody knows whether an order was taken. */
export class Unreachable extends Error {}

async function send(path, options) {
  let reply;
  let text;
  try {
    reply = await fetch(path, { ...options, cache: 'no-store', signal: AbortSignal.timeout(limitOf(options)) });
    text = await reply.text();
  } catch (failed) {
    throw new Unreachable(failed.name === 'TimeoutError' ? 'no answer in time' : 'not reachable');
  }
  let document = null;
  try {
    document = JSON.parse(text);
  } catch {
    if (reply.ok) throw new Refused(reply.status, { detail: 'the answer cannot be read' });
  }
  if (!reply.ok) throw new Refused(reply.status, document);
  return document;
}

export const get = (path) => send(path, { headers: headers() });

export async function post(path, body) {
  const trying = offered;
  offered = '';
  let taken = false; // The token, whatever becomes of the order.
  try {
    const answer = await send(path, {
      method: 'POST',
      headers: headers({ 'Content-Type': 'application/json' }, trying || orderToken || token),
      body: JSON.stringify(body),
    });
    taken = true;
    return answer;
  } catch (failed) {
    if (failed instanceof Refused) {
      taken = !failed.wantsToken;
      if (!taken && !trying) orderToken = '';
    }
    throw failed;
  } finally {
    if (trying && taken) orderToken = trying;
  }
}
