// What happens, line by line: the log with a level, or the journal's events. Follows its end until
// somebody scrolls away from it.
import { by, el } from './dom.js';
import { clock, words } from './format.js';
import { follow } from './stream.js';

const lines_max = 500;
const levels = ['debug', 'info', 'warn', 'error'];
const keepsEnd_px = 24;

/** "2026-11-26T05:00:15.584Z INFO gate plan_judged plan=x" in its parts. */
export function splitLine(text) {
  const parts = /^(\S+) (\S+) (\S+) (\S+)(?: ([\s\S]*))?$/.exec(text);
  if (!parts) return { at: '', level: 'info', component: '', event: '', rest: text };
  const [, at, level, component, event, rest] = parts;
  return { at, level: level.toLowerCase(), component, event, rest: rest ?? '' };
}

/** What a person wants of an event at a glance: the flat texts of its record. */
export function gist(record) {
  const left = new Set(['seq', 'kind', 'at', 'caused_by', 'facts']);
  const words = [];
  for (const [name, value] of Object.entries(record)) {
    if (left.has(name) || value === '' || value === null) continue;
    if (name === 'verdict') {
      words.push(value.kind, ...value.refusals.map((r) => r.code));
    } else if (typeof value !== 'object') words.push(`${name}=${value}`);
  }
  return words.join(' ').slice(0, 400);
}

/** The server says what it will not send. */
function gapLine(data, what) {
  const { from, to } = JSON.parse(data);
  const which = to === null ? `${what} from ${from} on of an earlier run` : `${what} ${from} to ${to}`;
  return el('p', { class: 'line warn' }, el('span', { text: `${which} are no longer sent` }));
}

export class Tail {
  constructor() {
    this.place = by('tail');
    this.kept = { log: [], events: [] };
    this.shown = 'log';
    this.stream = null;
    this.last = '';
    this.seq = 0; // Of the last event.
    by('log-level').addEventListener('change', () => this.restart());
    by('follow').addEventListener('change', () => this.toEnd());
    for (const name of ['log', 'events']) {
      const tab = by(`tab-${name}`);
      tab.addEventListener('click', () => this.choose(name));
      tab.addEventListener('keydown', (e) => {
        if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
        const other = name === 'log' ? 'events' : 'log';
        this.choose(other);
        by(`tab-${other}`).focus();
      });
    }
    this.place.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.place;
      by('follow').checked = scrollHeight - scrollTop - clientHeight < keepsEnd_px;
    });
    this.draw();
  }

  choose(name) {
    this.shown = name;
    for (const each of ['log', 'events']) {
      by(`tab-${each}`).setAttribute('aria-selected', each === name);
      by(`tab-${each}`).tabIndex = each === name ? 0 : -1;
    }
    this.place.setAttribute('aria-labelledby', `tab-${name}`);
    by('log-level').disabled = name !== 'log';
    by('follow').checked = true;
    this.draw();
  }

  /** Begins or goes on with the log, from the line after the last one. */
  start() {
    if (this.stream) return;
    const level = by('log-level').value;
    this.stream = follow(`/api/v1/logs?level=${level}`, {
      after: this.last,
      onState: () => {},
      onEvents: (events) => this.take('log', events.map((e) => this.logLine(e))),
    });
  }

  stop() {
    this.last = this.stream?.stop() ?? this.last;
    this.stream = null;
  }

  /** With another level: from the beginning of what the server still has. */
  restart() {
    this.stop();
    this.last = '';
    this.kept.log = [];
    this.draw();
    this.start();
  }

  logLine({ name, data }) {
    if (name === 'gap') return gapLine(data, 'lines');
    const line = splitLine(data);
    const level = levels.includes(line.level) ? line.level : 'info';
    return el('p', { class: `line ${level}` },
      el('time', { text: clock(line.at), title: line.at }), el('b', { text: level.toUpperCase() }),
      el('em', { text: `${line.component} ${line.event}` }), el('span', { text: line.rest }));
  }

  events(list) {
    this.take('events', list.flatMap(({ id, name, data }) => {
      const missed = this.seq ? Number(id) - this.seq - 1 : 0;
      this.seq = Number(id);
      if (name === 'gap') return [gapLine(data, 'events')];
      let record = {};
      try {
        record = JSON.parse(data);
      } catch {
        record = { text: data };
      }
      const line = el('p', { class: 'line info' },
        el('time', { text: clock(record.at), title: record.at }), el('b', { text: id }),
        el('em', { text: words(name) }), el('span', { text: gist(record) }));
      return missed > 0
        ? [el('p', { class: 'line warn' }, el('span', { text: `${missed} events are not shown` })), line] : [line];
    }));
  }

  take(name, nodes) {
    const kept = this.kept[name];
    kept.push(...nodes);
    const surplus = kept.length - lines_max;
    if (surplus > 0) kept.splice(0, surplus);
    if (name !== this.shown) return;
    this.place.querySelector('.empty')?.remove();
    this.place.append(...nodes.slice(-lines_max));
    for (let n = this.place.children.length - lines_max; n > 0; --n) this.place.firstChild.remove();
    this.toEnd();
  }

  draw() {
    const nodes = this.kept[this.shown];
    const none = this.shown === 'log' ? 'No line of this level yet.' : 'Events appear here as they happen.';
    this.place.replaceChildren(...(nodes.length ? nodes : [el('p', { class: 'empty', text: none })]));
    this.toEnd();
  }

  toEnd() {
    if (by('follow').checked) this.place.scrollTop = this.place.scrollHeight;
  }
}
