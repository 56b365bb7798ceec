// One plan's story: what was asked, each verdict with what it saw and what it would admit, orders,
// fills, and how it ended.
import { get } from './api.js';
import { el } from './dom.js';
import { open } from './dialogs.js';
import { clock, or, words } from './format.js';

/** {"quantity": "0"}, {"milliseconds": 120}, or a text, as words. */
export function value(v) {
  if (v === null || v === undefined) return '–';
  if (typeof v !== 'object') return String(v);
  const bare = ['quantity', 'price', 'notional', 'text', 'count'];
  return Object.entries(v).map(([unit, x]) => (bare.includes(unit) ? String(x) : `${x} ${words(unit)}`)).join(', ');
}

function pairs(rows) {
  return el('dl', { class: 'pairs' }, ...rows.filter(([, v]) => v !== null && v !== undefined && v !== '')
    .map(([name, v]) => el('div', {}, el('dt', { text: name }), el('dd', { text: v }))));
}

const heading = (text, at) => el('h3', {}, el('span', { text }), at ? el('time', { text: `${clock(at)} UTC`, title: at }) : null);

function planPart(p) {
  if (!p) return [el('p', { class: 'empty', text: 'Its acceptance is not in this journal.' })];
  const b = p.body;
  return [heading('Plan', p.at), pairs([
    ['source', p.source], ['symbol', p.symbol], ['kind', b.kind], ['side', b.direction], ['amount', b.amount],
    ['value', b.value], ['leave at most', b.target_amount ?? (b.kind === 'reduce' ? b.target : null)],
    ['stop', b.stop], ['take profit', b.kind === 'open' ? b.target : null], ['cancels', b.cancels],
    ['deadline', `${clock(p.deadline)} UTC`], ['record', `seq ${p.seq}`]])];
}

function factsPart(f) {
  if (!f) return null;
  const position = f.position ?? {};
  const asOf = position.as_of_ns;
  return el('details', {}, el('summary', { text: 'What was looked at' }), pairs([
    ['mode', f.mode], ['trading state', words(f.trading_state)],
    ['truth', `${position.truth?.kind ?? '–'} ${position.truth?.amount ?? ''}`],
    ['truth proved by', `${words(position.source)}, version ${position.version}`],
    ['truth age', asOf === undefined || asOf === null ? null : `${(-asOf / 1e6).toFixed(1)} ms`],
    ['ledger', or(f.ledger)], ['mark', or(f.mark)], ['in flight', value(f.in_flight)],
    ['hold', f.hold ? words(f.hold.cause ?? 'yes') : 'none'],
    ['exchange', f.exchange?.reachable ? 'reachable' : or(f.exchange?.why)],
    ...Object.entries(f.limits ?? {}).map(([k, v]) => [`limit ${words(k)}`, String(v)])]));
}

/** Below a refusal what it means and what helps. */
function wordsRow(w) {
  return w ? [el('tr', { class: 'words' }, el('td', { colspan: 3 },
    el('p', { text: w.why }), el('p', {}, el('b', { text: 'Cure: ' }), w.cure)))] : [];
}

function verdictPart(v, told) {
  const { kind, refusals, terms } = v.verdict;
  const sign = { allow: '●', deny: '■', expire: '▲' }[kind] ?? '○';
  return [heading(`${sign} Verdict: ${words(kind)}`, v.at),
    refusals.length === 0 ? null : el('table', { class: 'plain' },
      el('thead', {}, el('tr', {}, ...['Reason', 'Observed', 'Limit'].map((text) => el('th', { scope: 'col', text })))),
      el('tbody', {}, ...refusals.flatMap((r) => [el('tr', {},
        el('td', { text: words(r.code), title: r.code }), el('td', { text: value(r.observed) }), el('td', { text: value(r.limit) })),
      ...wordsRow(told[r.code])]))),
    pairs([['lane', v.lane], ['times judged', v.times_judged], ['order', terms
      ? `${terms.direction} ${terms.amount}${terms.reduce_only ? ', reduces only' : ''}` : null],
    ['truth version', terms?.truth_version], ['record', `seq ${v.seq}, caused by ${v.caused_by}`]]),
    factsPart(v.facts)];
}

function steps(title, rows, line) {
  if (rows.length === 0) return [];
  return [heading(title), el('ol', { class: 'steps' }, ...rows.map((r) =>
    el('li', {}, el('time', { text: clock(r.at), title: r.at }), el('span', { text: line(r) }))))];
}

const orderLine = (o) => (o.kind === 'order_intended'
  ? `intended: ${o.direction} ${o.amount} ${o.type}${o.reduce_only ? ', reduces only' : ''} · ${o.client_order_id}`
  : `${words(o.state)}${o.executed !== '0' ? `, executed ${o.executed}` : ''}${o.detail ? ` · ${o.detail}` : ''}`);
const fillLine = (f) => `${f.direction} ${f.amount} at ${f.price}, fee ${f.fee} ${f.fee_asset}, realised ${f.realised}`;

export async function explain(id) {
  const { body } = open(`Plan ${id}`, { wide: true });
  body.append(el('p', { class: 'empty', text: 'Reading …' }));
  try {
    const story = await get(`/api/v1/plans/${encodeURIComponent(id)}`);
    const parts = [
      ...planPart(story.plan),
      ...story.verdicts.flatMap((v) => verdictPart(v, story.words)),
      ...steps('Orders', story.orders, orderLine),
      ...steps('Fills', story.fills, fillLine),
      ...steps('End', story.finished, (f) => `${words(f.how)}, executed ${f.executed} by ${f.orders} orders${f.detail ? ` · ${f.detail}` : ''}`)];
    body.replaceChildren(...parts.filter(Boolean));
  } catch (failed) {
    body.replaceChildren(el('p', { class: 'message', role: 'alert', text: `■ ${failed.message}` }));
  }
}
