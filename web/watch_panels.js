// What is watched by itself: the exits of each open position, and what is left of each limit.
import { by, el, setClass, setText, Table } from './dom.js';
import { age, count, or, span, words } from './format.js';

const sideOf = (p) => (p.amount?.startsWith('-') ? '▼ short' : '▲ long');

/** Basis points as a share: 118 as "1.18 %". */
const share = (bp) => `${(bp / 100).toFixed(2)} %`;

const stopNames = { opening: 'first', break_even: 'break-even', trailing: 'trailing' };
const near_bp = 10;

function stopOf(p) {
  return p.stop ? `${p.stop} ${stopNames[p.exit.stop_by] ?? words(p.exit.stop_by)}` : 'none';
}

function nextOf({ next_level: next }) {
  if (!next) return 'none by mark';
  return `${words(next.reason)} at ${next.at}, ${next.away_bp === 0 ? 'now' : `${share(next.away_bp)} away`}`;
}

function trancheOf({ next_tranche: next }) {
  return next ? `${next.number}/${next.of} at ${next.at_r} r` : '–';
}

const killShare = (x) => (Number(x.kill_score_at) >= 1 ? 0 : Number(x.kill_score) / Number(x.kill_score_at));

function guardOf(p) {
  if (!p.exit.enabled) return '■ disabled';
  return p.unprotected ? '■ unprotected' : '● watched';
}

export class Exits {
  constructor() {
    this.table = new Table(by('exits'), {
      label: 'Exits', empty: 'No position is open.', key: (p) => `${p.symbol} ${p.position_side}`,
      rowClass: (p) => (p.unprotected ? 'bad' : ''),
      columns: [
        { head: 'Symbol', width: 8, kind: 'code', text: (p) => p.symbol },
        { head: 'Side', width: 5, text: sideOf, tone: (p) => (p.amount?.startsWith('-') ? 'short' : 'long') },
        { head: 'Guard', width: 8, text: guardOf, tone: (p) => (p.unprotected ? 'bad' : 'good') },
        { head: 'Next rule', kind: 'long', text: (p) => nextOf(p.exit),
          tone: (p) => ((p.exit.next_level?.away_bp ?? Infinity) <= near_bp ? 'warn' : ''),
          title: () => 'the rule of the mark that is nearest to it' },
        { head: 'Stop', width: 12, kind: 'num', text: stopOf, tone: (p) => (p.stop ? '' : 'warn') },
        { head: 'Target', width: 8, kind: 'num', text: (p) => or(p.target) },
        { head: 'r / best', width: 8, kind: 'num',
          text: (p) => `${or(rounded(p.exit.r))} / ${or(rounded(p.exit.r_peak))}` },
        { head: 'Next part', width: 7, kind: 'num', text: (p) => trancheOf(p.exit),
          title: (p) => (p.exit.next_tranche ? `leaves ${p.exit.next_tranche.target}` : '') },
        { head: 'Kill score', width: 7, kind: 'num',
          text: (p) => `${Number(p.exit.kill_score).toFixed(2)} / ${p.exit.kill_score_at}`,
          tone: (p) => (killShare(p.exit) >= 1 ? 'bad' : killShare(p.exit) > 0.8 ? 'warn' : '') },
        { head: 'Time left', width: 6, kind: 'num',
          text: (p) => (p.exit.time_left_ms === null ? 'no limit' : span(p.exit.time_left_ms)) },
        { head: 'Settings', width: 7, text: (p) => p.exit.policy, title: (p) => p.exit.policy },
      ],
    });
  }

  /** Rows of /api/v1/positions. */
  update(rows) {
    const open = rows.filter((p) => p.truth === 'open' && p.exit);
    this.table.update(open);
    setText(by('title-exits').querySelector('.count'), open.length || '');
  }
}

/** r for people: two decimals. */
function rounded(r) {
  return r === null || r === undefined ? r : Number(r).toFixed(2);
}

const limitTone = (l) => (l.percent === null ? 'quiet' : l.percent >= 100 ? 'bad' : l.percent >= 80 ? 'warn' : '');

function usedOf(l) {
  if (l.percent === null) return l.max === null ? 'no limit' : 'of each order';
  return `${count(l.percent)} %`;
}

export class Limits {
  constructor() {
    this.table = new Table(by('limits'), {
      label: 'Limits', empty: 'Not known yet.', key: (l) => l.name,
      columns: [
        { head: 'Limit', width: 13, text: (l) => words(l.name).replace('percent', '%') },
        { head: 'Used', kind: 'num', text: (l) => or(l.used), tone: limitTone },
        { head: 'At most', kind: 'num', text: (l) => or(l.max) },
        { head: 'Left', kind: 'num', text: (l) => or(l.left), tone: limitTone },
        { head: 'Share', width: 10, kind: 'share',
          node: () => el('div', {}, el('span'), el('div', { class: 'meter' }, el('i'))),
          draw: (inner, l) => {
            setText(inner.firstElementChild, usedOf(l));
            const bar = inner.querySelector('i');
            bar.parentElement.hidden = l.percent === null;
            bar.style.inlineSize = `${Math.min(100, l.percent ?? 0)}%`;
            setClass(bar, limitTone(l));
          } },
        { head: 'Most by', width: 9, kind: 'code', text: (l) => (Number(l.used) > 0 ? or(l.symbol) : '–') },
      ],
    });
  }

  /** The document of /api/v1/limits. */
  update(d) {
    const rows = Object.entries(d.limits).map(([name, l]) => ({ name, ...l }));
    this.table.update(rows);
    const full = rows.filter((l) => (l.percent ?? 0) >= 100).length;
    setText(by('title-limits').querySelector('.count'), full ? `${full} used up` : '');
    showToday(d);
  }
}

function showToday({ today, margin, symbols }) {
  const banned = symbols.filter((s) => s.banned).map((s) => s.symbol);
  const lines = [
    ['Result', today.result], ['Realised', today.realised], ['Fees', today.fees], ['Funding', today.funding],
    ['Equity', or(margin?.equity)], ['Its peak', or(margin?.peak)], ['Margin in use', or(margin?.initial)],
    ['Margin read', margin ? `${age(margin.age_ms)} ago` : 'not read'],
    ['Banned until midnight', banned.length ? banned.join(', ') : 'none'],
  ];
  setText(by('title-today').querySelector('.count'), `${today.day}, UTC`);
  const place = by('today');
  if (place.children.length !== lines.length)
    place.replaceChildren(...lines.map(() => el('div', {}, el('dt'), el('dd'))));
  lines.forEach(([name, text], i) => {
    setText(place.children[i].firstElementChild, name);
    setText(place.children[i].lastElementChild, text);
  });
}
