// The tables: positions, plans, orders, holds, overrides. Amounts and prices are shown as the API
// writes them.
import { by, el, setText, Table } from './dom.js';
import { age, clock, or, span, words } from './format.js';

const isShort = (amount) => amount?.startsWith('-');
const isZero = (amount) => /^-?0(\.0*)?$/.test(amount ?? '');

function sideOf(p) {
  if (p.truth !== 'open') return p.truth;
  return isShort(p.amount) ? '▼ short' : '▲ long';
}

function stopsOf(p) {
  if (p.protective_stops.length === 0) return '–';
  return p.protective_stops.map((s) => `${s.trigger_price} ${words(s.state)}`).join(', ');
}

function actButton(text, label, act) {
  return (row) => el('button', {
    type: 'button', class: 'small', text, on: { click: () => act(row()) }, 'aria-label': label,
  });
}

function showCount(table, n) {
  const node = by(`title-${table}`).querySelector('.count');
  setText(node, n === 0 ? '' : n);
}

export class Positions {
  constructor({ onFlatten, bound }) {
    const late = (p) => p.age_ms === null || p.age_ms > bound();
    this.table = new Table(by('positions'), {
      label: 'Positions', empty: 'No position is open or unknown.',
      key: (p) => `${p.symbol} ${p.position_side}`,
      rowClass: (p) => (p.truth === 'unknown' ? 'bad' : ''),
      columns: [
        { head: 'Symbol', width: 9, kind: 'code', text: (p) => p.symbol },
        { head: 'Side', width: 5, text: sideOf,
          tone: (p) => (p.truth === 'unknown' ? 'bad' : p.truth !== 'open' ? '' : isShort(p.amount) ? 'short' : 'long') },
        { head: 'Truth', kind: 'num', text: (p) => or(p.amount) },
        { head: 'Ledger', kind: 'num', text: (p) => or(p.ledger) },
        { head: 'Drift', kind: 'num', text: (p) => or(p.drift),
          tone: (p) => (p.drift && !isZero(p.drift) ? 'bad' : 'quiet') },
        { head: 'Entry', kind: 'num', text: (p) => or(p.entry) },
        { head: 'Mark', kind: 'num', text: (p) => or(p.mark) },
        { head: 'Stop', kind: 'num', text: (p) => or(p.stop),
          tone: (p) => (p.truth === 'open' && !p.stop ? 'warn' : '') },
        { head: 'Target', kind: 'num', text: (p) => or(p.target) },
        { head: 'Stop at exchange', width: 12, kind: 'num', text: stopsOf },
        { head: 'Age', kind: 'num', width: 6, text: (p) => (p.age_ms === null ? 'unknown' : age(p.age_ms)),
          tone: (p) => (late(p) ? 'bad' : ''), title: (p) => `proved by ${words(p.source)}` },
        { head: '', width: 7, kind: 'act', node: actButton('Flatten…', 'Flatten this position', onFlatten) },
      ],
    });
  }

  update(rows) {
    this.table.update(rows);
    showCount('positions', rows.length);
  }
}

const verdictTone = (p) => ({ allow: 'good', deny: 'bad', expire: 'warn' })[p.verdict] ?? 'quiet';
const verdictWord = (p) =>
  ({ allow: '● allowed', deny: '■ denied', expire: '▲ expired' })[p.verdict] ?? '○ undecided';

const kinds = {
  '': () => true,
  exit: (p) => p.kind === 'reduce',
  entry: (p) => p.kind === 'open',
  refused: (p) => p.verdict === 'deny' || p.verdict === 'expire',
};

export class Plans {
  constructor({ onExplain }) {
    this.rows = [];
    this.table = new Table(by('plans'), {
      label: 'Plans', empty: 'No plan was taken in yet.', key: (p) => String(p.seq),
      columns: [
        { head: 'At', width: 6, kind: 'num', text: (p) => clock(p.received_at), title: (p) => p.received_at },
        { head: 'Plan', width: 12, kind: 'code', node: (row) => {
          const open = el('button', { type: 'button', class: 'link', on: { click: () => onExplain(row().plan_id) } });
          return open;
        }, text: (p) => p.plan_id, title: (p) => `Explain ${p.plan_id}` },
        { head: 'Source', width: 6, text: (p) => p.source },
        { head: 'Symbol', width: 8, kind: 'code', text: (p) => p.symbol },
        { head: 'Kind', width: 5, text: (p) => p.kind },
        { head: 'Verdict', width: 7, text: verdictWord, tone: verdictTone },
        { head: 'Reason', width: 10, text: (p) => words(p.reason), title: (p) => p.reason },
        { head: 'Ended', width: 5, text: (p) => words(p.ended) },
        { head: 'Executed', kind: 'num', text: (p) => or(p.executed) },
      ],
    });
    by('plan-kind').addEventListener('change', () => this.show());
    by('plan-filter').addEventListener('input', () => this.show());
  }

  update(rows) {
    this.rows = rows;
    this.show();
  }

  show() {
    const part = by('plan-filter').value.trim().toLowerCase();
    const fits = kinds[by('plan-kind').value];
    const shown = this.rows.filter((p) => fits(p) &&
      [p.plan_id, p.source, p.symbol, p.reason ?? '', p.kind].some((t) => t.toLowerCase().includes(part)));
    setText(this.table.empty, this.rows.length ? 'No plan fits.' : 'No plan was taken in yet.');
    this.table.update(shown);
    showCount('plans', shown.length);
  }
}

const orderTone = (o) => ({ filled: 'good', partially_filled: 'warn', unknown: 'bad', rejected: 'bad' })[o.state] ?? 'quiet';

export class Orders {
  constructor({ onExplain }) {
    this.table = new Table(by('orders'), {
      label: 'Orders', empty: 'No order was sent since the start.', key: (o) => o.client_order_id,
      columns: [
        { head: 'At', width: 5, kind: 'num', text: (o) => clock(o.changed_at), title: (o) => o.changed_at },
        { head: 'Symbol', width: 8, kind: 'code', node: (row) => el('button', {
          type: 'button', class: 'link', on: { click: () => onExplain(row().plan_id) },
        }), text: (o) => o.symbol, title: (o) => `${o.client_order_id}, plan ${o.plan_id}` },
        { head: 'Side', width: 5, text: (o) => `${o.side}${o.reduce_only ? ' ↓' : ''}`,
          title: (o) => (o.reduce_only ? 'reduces only' : 'may increase') },
        { head: 'Executed / of', kind: 'num', text: (o) => `${o.executed} / ${o.amount}` },
        { head: 'State', width: 6, text: (o) => words(o.state), tone: orderTone, title: (o) => or(o.detail, '') },
      ],
    });
  }

  update(rows) {
    this.table.update(rows.slice(0, 100));
    showCount('orders', rows.length);
  }
}

export class Holds {
  constructor({ onRelease }) {
    this.table = new Table(by('holds'), {
      label: 'Holds', empty: 'Nothing is held.', key: (h) => String(h.id), rowClass: () => 'warn',
      columns: [
        { head: 'Symbol', width: 8, kind: 'code', text: (h) => h.symbol },
        { head: 'Cause', width: 10, text: (h) => words(h.cause) },
        { head: 'Since', width: 6, kind: 'num', text: (h) => clock(h.since), title: (h) => h.since },
        { head: 'Ledger', kind: 'num', text: (h) => h.ledger_amount },
        { head: 'Truth', kind: 'num', text: (h) => h.truth_amount },
        { head: 'Evidence', width: 12, kind: 'long', text: (h) => or(h.evidence), title: (h) => h.release_rule },
        { head: '', width: 7, kind: 'act', node: actButton('Release…', 'Release this hold', onRelease) },
      ],
    });
  }

  update(rows) {
    this.table.update(rows);
    showCount('holds', rows.length);
  }
}

export class Overrides {
  constructor({ onRevert, now }) {
    this.normal = new Map();
    this.rows = [];
    this.table = new Table(by('overrides'), {
      label: 'Overrides', empty: 'Every setting is as the file has it.', key: (o) => String(o.id),
      columns: [
        { head: 'Key', width: 12, kind: 'code', text: (o) => o.key },
        { head: 'Value', kind: 'num', text: (o) => o.value },
        { head: 'Normal', kind: 'num', text: (o) => or(this.normal.get(o.key)) },
        { head: 'Left', kind: 'num', width: 6, text: (o) => span(Date.parse(o.until) - now()),
          title: (o) => `until ${o.until}${o.fresh_for ? `, or once fresh for ${o.fresh_for}` : ''}` },
        { head: 'By', text: (o) => o.author },
        { head: 'Reason', width: 10, kind: 'long', text: (o) => o.reason, title: (o) => o.reason },
        { head: '', width: 7, kind: 'act', node: actButton('End…', 'End this override', onRevert) },
      ],
    });
  }

  update(document) {
    this.normal = new Map(document.overridable.map((k) => [k.key, k.normal]));
    this.rows = document.overrides;
    this.tick();
    showCount('overrides', this.rows.length);
  }

  /** Once a second: the time left. */
  tick() {
    this.table.update(this.rows);
  }
}
