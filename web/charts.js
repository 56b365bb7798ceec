// Two charts over 15 minutes, of figures the page itself kept from its polls of the status. uPlot draws.
import { by, el, setText } from './dom.js';
import { age, clock, latency } from './format.js';

const { uPlot } = globalThis;
const window_s = 15 * 60;
const gap_s = 4; // Longer without a figure is drawn as a gap.

/** Rows of [time, ...values], the newest last, never older than the window. */
export class History {
  constructor(series) {
    this.columns = Array.from({ length: series + 1 }, () => []);
  }

  add(time, values) {
    const [times] = this.columns;
    const last = times[times.length - 1];
    if (last !== undefined && time <= last) return;
    if (last !== undefined && time - last > gap_s) this.push(last + 1, values.map(() => null));
    this.push(time, values);
    let old = 0;
    while (times[old] < time - window_s) ++old;
    if (old > 0) for (const c of this.columns) c.splice(0, old);
  }

  /** When the figures begin, in seconds; null once they fill the window, or before there is any. */
  since() {
    const [times] = this.columns;
    if (times.length === 0 || times[times.length - 1] - times[0] >= window_s - gap_s) return null;
    return times[0];
  }

  push(time, values) {
    [time, ...values].forEach((v, i) => this.columns[i].push(v));
  }
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

class Chart {
  constructor(id, { series, scale, write, splits }) {
    this.splits = splits;
    this.place = by(`${id}-chart`);
    this.series = series;
    this.scale = scale;
    this.write = write;
    this.history = new History(series.length);
    this.since = by(`${id}-since`);
    this.values = series.map((s) => {
      const value = el('b', { text: '–' });
      by(`${id}-legend`).append(
        el('li', { class: `key line ${s.colour}${s.dash ? ' dashed' : ''}` }, el('i'), `${s.name} `, value));
      return value;
    });
    new ResizeObserver(() => this.resize()).observe(this.place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.build());
    this.build();
  }

  size() {
    return { width: Math.max(120, this.place.clientWidth), height: Math.max(90, this.place.clientHeight) };
  }

  build() {
    this.plot?.destroy();
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const axis = {
      stroke: colour('muted'), font: `${Math.round(rem * 0.8)}px ${colour('font')}`,
      grid: { stroke: colour('line'), width: 1 }, ticks: { show: false },
    };
    this.plot = new uPlot({
      ...this.size(),
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { setScale: false, x: false, y: false } },
      padding: [8, 8, 0, 0],
      scales: {
        x: { time: true, range: () => [this.now() - window_s, this.now()] },
        y: this.scale,
      },
      axes: [
        { ...axis, size: 1.8 * rem, space: 4.5 * rem,
          values: (u, splits) => splits.map((s) => new Date(s * 1000).toISOString().slice(11, 16)) },
        { ...axis, size: 4.2 * rem, space: 1.8 * rem, splits: this.splits,
          values: (u, splits) => splits.map((s) => (s === null ? '' : this.write(s))) },
      ],
      series: [{}, ...this.series.map((s) => ({
        label: s.name, stroke: colour(s.colour), width: s.dash ? 1 : 1.5, dash: s.dash,
        points: { show: false }, spanGaps: false,
      }))],
    }, this.history.columns, this.place);
  }

  now() {
    const [times] = this.history.columns;
    return times[times.length - 1] ?? Date.now() / 1000;
  }

  resize() {
    const { width, height } = this.size();
    if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
  }

  add(time, values) {
    this.history.add(time, values);
    if (!document.hidden) this.plot.setData(this.history.columns);
    const since = this.history.since();
    setText(this.since, since === null ? '' : `since ${clock(new Date(since * 1000).toISOString())} UTC`);
    values.forEach((v, i) => setText(this.values[i], v === null ? '–' : this.write(v)));
    const told = this.series.map((s, i) => `${s.name} ${values[i] === null ? 'none' : this.write(values[i])}`);
    this.place.setAttribute('aria-label', `Over 15 minutes, now: ${told.join(', ')}`);
  }
}

export class Charts {
  constructor() {
    this.ages = new Chart('age', {
      series: [
        { name: 'p50', colour: 'series-2' },
        { name: 'oldest', colour: 'series-1' },
        { name: 'bound', colour: 'bad', dash: [5, 4] },
      ],
      scale: { range: (u, min, max) => [0, Math.max(1, max ?? 1) * 1.08] },
      write: age,
    });
    this.latencies = new Chart('latency', {
      series: [
        { name: 'exit p50', colour: 'series-2' },
        { name: 'entry p99', colour: 'series-3' },
        { name: 'exit p99', colour: 'series-1' },
      ],
      scale: {
        distr: 3,
        range: (u, min, max) => [
          10 ** Math.floor(Math.log10(Math.max(1, Math.min(min ?? 100, 100)))),
          10 ** Math.ceil(Math.log10(Math.max(max ?? 10_000, 10_000)))],
      },
      // A line at each power of ten is enough.
      splits: (u, axis, min, max) => {
        const lines = [];
        for (let at = min; at <= max * 1.01; at *= 10) lines.push(at);
        return lines;
      },
      write: latency,
    });
  }

  /** One status document. */
  add(s) {
    const time = Date.parse(s.time) / 1000;
    const { age_ms: ages, promise } = s.truth;
    this.ages.add(time, [ages.p50, ages.max, promise.bound_ms]);
    const { exit, entry } = s.verdicts_1m;
    this.latencies.add(time, [exit.latency_us.p50, entry.latency_us.p99, exit.latency_us.p99]);
  }
}
