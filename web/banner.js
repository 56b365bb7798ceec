// The head of the page: what mode, whether anything can trade, whether exits get through, and what
// needs a person; and the row of figures below it.
import { by, el, setClass, setText } from './dom.js';
import { age, clock, count, latency, or, span, words } from './format.js';

/** Sign and words, so that colour is never the only signal. */
const signs = { good: '●', warn: '▲', bad: '■', idle: '○' };

function light(id, tone, text, title = '') {
  const node = by(id);
  setClass(node, `light ${tone}`);
  setText(node.lastElementChild, `${signs[tone]} ${text}`);
  node.title = title;
}

function tradingLight(state) {
  const tone = { active: 'good', reduce_only: 'warn', halted: 'bad' }[state.state] ?? 'bad';
  const who = state.author ? ` by ${state.author}: ${state.reason}` : '';
  const until = state.until ? ` until ${clock(state.until)} UTC` : '';
  light('light-state', tone, words(state.state) + until, `${words(state.state)}${who}${until}`);
}

function exitsLight(s) {
  const recent = s.verdicts_1m;
  const last = recent.last_exit_blocked;
  const why = last ? `${last.at}: ${last.what}` : '';
  if (s.trading_state === 'halted') light('light-exits', 'bad', 'blocked: halted', why);
  else if (recent.exits_blocked > 0)
    light('light-exits', 'bad', `${count(recent.exits_blocked)} blocked in 1 min`, why);
  else if (!s.ready) light('light-exits', 'warn', 'may wait', 'not ready, see the reasons below');
  else if (recent.exit.allowed > 0)
    light('light-exits', 'good', `${count(recent.exit.allowed)} allowed in 1 min`, why);
  else light('light-exits', 'good', 'none waits', why);
}

function streamsLight({ user, market }) {
  const down = [user === 'up' ? '' : 'user', market === 'up' ? '' : 'market'].filter(Boolean);
  light('light-streams', down.length ? 'bad' : 'good',
    down.length ? `${down.join(', ')} down` : 'both up');
}

function alertCard(tone, title, ...lines) {
  return el('article', { class: `alert ${tone}` },
    el('h2', { text: `${signs[tone]} ${title}` }),
    ...lines.filter(([, text]) => text).map(([name, text]) =>
      el('p', {}, name ? el('b', { text: `${name} ` }) : null, el('span', { text }))));
}

/** Reasons that say the same as a stall. */
const sameAs = { exchange_away: 'exchange_unreachable', banned: 'exchange_banned' };

/** What stands still comes first, then why nothing is allowed, then what only is not as usual. */
function alertsOf(s, flattens) {
  const cards = [];
  for (const f of flattens.filter((x) => x.state === 'running'))
    cards.push({ key: `flatten-${f.id}`, make: () => flattenCard(f), text: JSON.stringify(f) });
  for (const x of s.stalls) {
    const title = `Stalled: ${words(x.cause)}`;
    cards.push({ key: `stall-${x.cause}`, text: x.what + x.effect + x.cure, make: () =>
      alertCard('bad', title, ['', x.what], ['Since:', `${clock(x.since)} UTC`], ['Effect:', x.effect],
        ['Cure:', x.cure]) });
  }
  const shown = new Set(s.stalls.flatMap((x) => [x.cause, sameAs[x.cause]]));
  for (const r of s.not_ready.filter((x) => !shown.has(x.reason)))
    cards.push({ key: `ready-${r.reason}`, text: r.detail, make: () =>
      alertCard('bad', `Not ready: ${words(r.reason)}`, ['', r.detail]) });
  for (const w of s.warnings)
    cards.push({ key: `warning-${w.reason}`, text: w.detail, make: () =>
      alertCard('warn', words(w.reason), ['', w.detail]) });
  return cards;
}

function flattenCard(f) {
  const open = f.positions.filter((p) => p.state !== 'flat').length;
  return alertCard('warn', `Flatten ${f.id} runs: ${f.scope}`,
    ['', `${f.positions.length} positions, ${open} not flat yet · ${f.author}: ${f.reason}`],
    ['Gives up at', `${clock(f.gives_up_at)} UTC`]);
}

/** New texts in the old nodes: a screen reader reads a new card, not each figure that changes in it. */
function rewrite(node, wanted) {
  const spans = (n) => [...n.querySelectorAll('h2, span')];
  const [old, fresh] = [spans(node), spans(wanted)];
  if (old.length !== fresh.length) node.replaceChildren(...wanted.childNodes);
  else old.forEach((s, i) => setText(s, fresh[i].textContent));
}

function showAlerts(s, flattens) {
  const place = by('alerts');
  const cards = alertsOf(s, flattens);
  const keys = cards.map((c) => c.key).join();
  if (place.dataset.keys !== keys) {
    place.dataset.keys = keys;
    place.replaceChildren(...cards.map((c) => {
      const node = c.make();
      node.dataset.text = c.text;
      return node;
    }));
    return;
  }
  cards.forEach((c, i) => {
    const node = place.children[i];
    if (node.dataset.text === c.text) return;
    node.dataset.text = c.text;
    rewrite(node, c.make());
  });
}

function figure(id, value, note, tone = '') {
  const node = by(id);
  setClass(node, `figure ${tone}`);
  setText(node.querySelector('.value'), value);
  setText(node.querySelector('.note'), note);
}

/** A bar of at most its whole length; the share is in the figure's words, too. */
function meter(id, share, tone) {
  const bar = by(id).querySelector('.meter i');
  bar.style.inlineSize = `${Math.min(100, Math.max(0, share * 100)).toFixed(1)}%`;
  setClass(bar, tone);
}

function showFigures(s) {
  const { age_ms: ages, promise } = s.truth;
  const share = promise.bound_ms > 0 ? ages.max / promise.bound_ms : 0;
  const tone = share > 1 ? 'bad' : share > 0.75 ? 'warn' : 'good';
  figure('figure-age', age(ages.max), `promised ${age(promise.bound_ms)} · p50 ${age(ages.p50)}`,
    share > 1 ? 'bad' : '');
  meter('figure-age', share, tone);
  for (const lane of ['exit', 'entry']) {
    const v = s.verdicts_1m[lane];
    figure(`figure-${lane}`, v.latency_us.p99 === null ? 'none' : latency(v.latency_us.p99),
      v.latency_us.p99 === null ? 'no plan was judged'
        : `p99 · ${count(v.allowed)} allowed, ${count(v.denied)} denied, ${count(v.expired)} expired`);
  }
  const { weight_used_1m: used, weight_limit_1m: limit } = s.budget;
  const spent = limit > 0 ? used / limit : 0;
  figure('figure-budget', `${count(used)}`,
    `of ${count(limit)} · ${Math.round(spent * 100)} % · ${count(promise.weight_1m)} planned`,
    spent > 0.8 ? 'bad' : '');
  meter('figure-budget', spent, spent > 0.8 ? 'bad' : spent > 0.6 ? 'warn' : 'good');
  const p = s.plans;
  figure('figure-plans', count(p.accepted),
    `${count(p.allowed)} allowed, ${count(p.denied)} denied, ${count(p.expired)} expired, ` +
    `${count(p.parked)} wait`);
  const o = s.orders;
  figure('figure-orders', count(o.sent),
    `${count(o.filled)} filled, ${count(o.under_way)} under way, ${count(o.unknown)} unknown`,
    o.unknown > 0 ? 'bad' : '');
}

/** Everything that comes from the status document. */
export function showStatus(s, flattens) {
  setText(by('mode'), s.mode);
  setClass(by('mode'), `mode ${s.mode}`);
  setText(by('account'), or(s.account, ''));
  tradingLight(s.state);
  const first = s.not_ready[0];
  light('light-ready', s.ready ? 'good' : 'bad',
    s.ready ? 'yes' : `no: ${words(first?.reason)}${s.not_ready.length > 1
      ? ` and ${s.not_ready.length - 1} more` : ''}`, first?.detail ?? '');
  exitsLight(s);
  streamsLight(s.stream);
  showAlerts(s, flattens);
  showFigures(s);
  setText(by('uptime'), `up ${span(s.uptime_s * 1000)}`);
  setText(by('clock'), `${clock(s.time)} UTC`);
  document.title = `${s.ready ? '' : '■ not ready · '}Sluice ${s.mode}`;
}
