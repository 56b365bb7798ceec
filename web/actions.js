// What an operator can order from the page: trading state, release of a hold, overrides, flatten. Each
// is one request of the API; nothing here goes around a check.
import { get, post } from './api.js';
import { el, setText } from './dom.js';
import { field, filled, form, open, toast } from './dialogs.js';
import { clock, or, span, words } from './format.js';

const stateWords = {
  active: 'Entries and exits are judged as usual.',
  reduce_only: 'Exits alone: nothing is opened or added to.',
  halted: 'Nothing is allowed, exits included.',
};

export function changeState(now, changed) {
  const { body, close } = open('Trading state');
  const choice = el('fieldset', { class: 'choice' }, el('legend', { text: 'From now on' }),
    ...Object.entries(stateWords).map(([state, meaning]) =>
      el('label', {},
        el('input', { type: 'radio', name: 'state', value: state, checked: state === now.state }),
        el('b', { text: words(state) }), el('span', { text: meaning }))));
  form(body, {
    intro: [`It is ${words(now.state)}${now.author ? `, by ${now.author}: ${now.reason}` : ''}.`, choice],
    fields: [{ name: 'for', label: 'For (optional)', required: false,
      hint: 'A duration, e.g. 30m; after it trading is active again.' }],
    submit: 'Change the state',
    act: (values) => post('/api/v1/state', filled(values)),
    done: (state) => {
      close();
      toast(`Trading is ${words(state.state)}.`);
      changed();
    },
  });
  body.querySelector('input[name=state]:checked')?.focus();
}

export function releaseHold(hold, changed) {
  const { body, close } = open(`Release the hold on ${hold.symbol}`);
  form(body, {
    intro: [
      `Held since ${clock(hold.since)} UTC for ${words(hold.cause)}: ledger ${hold.ledger_amount}, truth ${hold.truth_amount}.`,
      `${hold.release_rule}.`,
      'Releasing it says that the exchange is right: the ledger is set to the truth.'],
    fields: [],
    submit: 'Release',
    danger: true,
    act: (values) => post(`/api/v1/holds/${encodeURIComponent(hold.symbol)}/release`, values),
    done: () => {
      close();
      toast(`The hold on ${hold.symbol} is released.`);
      changed();
    },
  });
}

export async function setOverride(changed) {
  const { body, close } = open('Set an override');
  let keys = [];
  try {
    keys = (await get('/api/v1/overrides')).overridable;
  } catch (failed) {
    body.replaceChildren(el('p', { class: 'message', text: `■ ${failed.message}` }));
    return;
  }
  const key = field({ name: 'key', label: 'Setting', options: keys.map((k) => k.key), value: keys[0]?.key });
  const show = () => {
    const chosen = keys.find((k) => k.key === key.querySelector('select').value);
    const note = key.querySelector('.hint');
    note.dataset.hint = chosen ? `normally ${chosen.normal}, at most ${chosen.ceiling}` : '';
    setText(note, note.dataset.hint);
  };
  key.querySelector('select').addEventListener('change', show);
  show();
  form(body, {
    intro: 'Another value for a time. It ends by itself, and never passes its ceiling.',
    fields: [key,
      { name: 'value', label: 'Value', hint: 'As in the configuration, e.g. 15s.' },
      { name: 'for', label: 'For', value: '30m', hint: 'At most a day.' },
      { name: 'until', label: 'Ends early (optional)', required: false,
        hint: 'e.g. fresh_for 10m: once truth was fresh for that long.' }],
    submit: 'Set the override',
    act: (values) => post('/api/v1/overrides', filled(values)),
    done: (o) => {
      close();
      toast(`${o.key} is ${o.value} until ${clock(o.until)} UTC.`);
      changed();
    },
  });
}

export function revertOverride(o, changed) {
  const { body, close } = open(`End the override of ${o.key}`);
  form(body, {
    intro: `It is ${o.value}, by ${o.author}: ${o.reason}. It would end at ${clock(o.until)} UTC.`,
    fields: [],
    submit: 'End it now',
    act: (values) => post(`/api/v1/overrides/${encodeURIComponent(o.key)}/revert`, values),
    done: () => {
      close();
      toast(`${o.key} is as the file has it.`);
      changed();
    },
  });
}

// ---- flatten: what would be done, then doing it, then watching it

const double_ms = 1000; // So that the second click of a double click confirms nothing.

/** `now` tells the server's time: this machine's clock may be wrong. */
export function flatten({ symbol = '', symbols = [], now }, changed) {
  const { dialog, body, close } = open('Flatten', { wide: true });
  const list = el('datalist', { id: 'flatten-symbols' }, ...symbols.map((s) => el('option', { value: s })));
  const scope = el('fieldset', { class: 'choice row' }, el('legend', { text: 'What' }),
    el('label', {}, el('input', { type: 'radio', name: 'scope', value: 'one', checked: true }), el('b', { text: 'One symbol' })),
    el('label', {}, el('input', { type: 'radio', name: 'scope', value: 'all' }), el('b', { text: 'The whole account' })));
  const name = field({ name: 'symbol', label: 'Symbol', value: symbol, list: list.id, hint: 'e.g. BTCUSDT' });
  scope.addEventListener('change', (event) => {
    const all = event.target.value === 'all';
    name.hidden = all;
    name.querySelector('input').required = !all;
  });
  form(body, {
    intro: [
      'Closes positions and cancels every resting order there, whosever it is. First it only shows what it would do.',
      scope, list],
    fields: [name],
    submit: 'Show what would be done',
    act: ({ scope: what, symbol: one, author, reason }) => {
      const order = what === 'all' ? { all: true, author, reason } : { symbol: one.trim().toUpperCase(), author, reason };
      return post('/api/v1/flatten', order).then((preview) => ({ preview, order }));
    },
    done: ({ preview, order }) => confirmFlatten(dialog, body, preview, order, { changed, close, now }),
  });
}

function list(head, rows, empty) {
  if (rows.length === 0) return el('p', { class: 'empty', text: empty });
  return el('div', { class: 'scroll' }, el('table', { class: 'plain' },
    el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col', text })))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((text) => el('td', { text: or(text) })))))));
}

function confirmFlatten(dialog, body, preview, order, { changed, close, now }) {
  const message = el('p', { class: 'message', role: 'alert', hidden: true });
  const left = el('span', { class: 'hint' });
  const go = el('button', { type: 'button', class: 'danger', text: 'Flatten now', disabled: true });
  const shown = performance.now();
  let given = false;
  const timer = setInterval(() => {
    const rest = Date.parse(preview.valid_until) - now();
    setText(left, rest > 0 ? `Can be confirmed for another ${span(rest)}.` : 'Too late to confirm: look again.');
    go.disabled = given || rest <= 0 || performance.now() - shown < double_ms;
    if (!dialog.isConnected) clearInterval(timer);
  }, 250);
  go.addEventListener('click', async () => {
    given = true;
    go.disabled = true;
    try {
      const begun = await post('/api/v1/flatten', { ...order, confirm: preview.confirm });
      clearInterval(timer);
      changed();
      watchFlatten(dialog, body, begun, close);
    } catch (failed) {
      message.hidden = false;
      setText(message, failed.status ? `■ Refused: ${failed.message}`
        : `▲ Not confirmed: ${failed.message}. Look at the flattens before you repeat it.`);
    }
  });
  body.replaceChildren(
    el('p', { class: 'intro', text: `This is what would be done on ${preview.scope === 'all' ? 'the whole account' : preview.scope}.` }),
    el('h3', { text: 'Positions to close' }),
    list(['Symbol', 'Truth', 'Amount', 'Mark', 'Value'],
      preview.positions.map((p) => [p.symbol, p.truth, p.amount, p.mark, p.notional]), 'No position is open.'),
    el('h3', { text: 'Orders to cancel' }),
    preview.orders === null
      ? el('p', { class: 'message', text: `▲ Not read: ${preview.orders_not_read}` })
      : list(['Symbol', 'Kind', 'Whose', 'Side', 'Amount', 'Price', 'Cancelled'],
        preview.orders.map((o) => [o.symbol, `${o.kind} ${o.type ?? ''}`, o.ours ? 'ours' : 'others', o.side, o.amount,
          o.trigger ?? o.price, o.cancelled ?? 'at once']), 'No order rests.'),
    message, el('div', { class: 'buttons' }, left, go));
  // Not the button that orders: an Enter too many must do nothing.
  dialog.querySelector('.cross').focus();
}

function watchFlatten(dialog, body, begun, close) {
  const state = el('p', { class: 'intro', role: 'status' });
  const place = el('div');
  const shut = el('button', { type: 'button', class: 'primary', text: 'Close', on: { click: close } });
  body.replaceChildren(state, place,
    el('div', { class: 'buttons' },
      el('span', { class: 'hint', text: 'It goes on when this is closed.' }), shut));
  shut.focus();
  const show = (f) => {
    const running = f.state === 'running';
    setText(state, running ? `○ Flatten ${f.id} runs. It gives up at ${clock(f.gives_up_at)} UTC.`
      : `${f.state === 'done' || f.state === 'flat' ? '●' : '■'} Flatten ${f.id} ended: ${words(f.state)}. ${f.left ?? ''}`);
    place.replaceChildren(list(['Symbol', 'State', 'Amount', 'Reason'],
      f.positions.map((p) => [p.symbol, words(p.state), p.amount, p.reason]), 'No position is open.'));
    return running;
  };
  const look = async () => {
    if (!dialog.isConnected) return;
    let running = true;
    try {
      running = show(await get(`/api/v1/flatten/${begun.id}`));
    } catch (failed) {
      setText(state, `▲ Not known: ${failed.message}`);
    }
    if (running) setTimeout(look, 500);
  };
  show(begun);
  look();
}
