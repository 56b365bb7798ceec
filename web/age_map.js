// One cell for each symbol, coloured by age against the promised bound. Shapes say the same as the
// colours: a cross is too old, a hatch unknown, a dot an open position, a frame a hold.
import { by, el, setText } from './dom.js';
import { age, count } from './format.js';

const gap = 2;
const cell_px_max = 36;
const cell_px_min = 4;
const height_share_max = 0.46;

/** The bands of age as a share of the bound, youngest first; the names are CSS colours, too. */
const bands = [
  { name: 'age-1', below: 0.5, words: '≤ 50 %' },
  { name: 'age-2', below: 0.75, words: '≤ 75 %' },
  { name: 'age-3', below: 1, words: '≤ bound' },
  { name: 'age-4', below: Infinity, words: 'too old' },
];

const bandOf = (share) => bands.findIndex((b) => share <= b.below);

/** The side of a cell so that `n` of them fit a width, and the height they then take. */
export function layout(n, width, heightMax) {
  let size = cell_px_max;
  for (; size > cell_px_min; --size) {
    const columns = Math.max(1, Math.floor(width / size));
    if (Math.ceil(n / columns) * size <= heightMax) break;
  }
  const columns = Math.max(1, Math.floor(width / size));
  return { size, columns, rows: Math.ceil(n / columns) };
}

export class AgeMap {
  constructor() {
    this.canvas = by('map');
    this.readout = by('map-readout');
    this.rows = [];
    this.holds = new Set();
    this.bound = 0;
    this.at = -1; // The cell that is pointed at or has the keyboard.
    this.makeLegend();
    this.canvas.addEventListener('pointermove', (e) => this.point(this.cellAt(e)));
    this.canvas.addEventListener('pointerleave', () => this.point(-1));
    this.canvas.addEventListener('blur', () => this.point(-1));
    this.canvas.addEventListener('focus', () => {
      if (this.canvas.matches(':focus-visible')) this.point(Math.max(0, this.at));
    });
    this.canvas.addEventListener('keydown', (e) => this.key(e));
    new ResizeObserver(() => this.draw()).observe(this.canvas.parentElement);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  makeLegend() {
    const item = (name, words) => {
      const number = el('b', { text: '0' });
      by('map-legend').append(el('li', { class: `key ${name}` }, el('i'), `${words} `, number));
      return number;
    };
    this.counts = bands.map((b) => item(b.name, b.words));
    this.unpromised = item('age-free', 'not promised');
    this.unknown = item('age-unknown', 'unknown');
    this.open = item('age-open', 'open');
    this.held = item('age-held', 'held');
  }

  /** `document` is that of /api/v1/ages. */
  update(document) {
    this.rows = document.rows;
    this.bound = document.bound_ms;
    this.draw();
    this.tell();
  }

  setHolds(holds) {
    this.holds = new Set(holds.map((h) => `${h.symbol} ${h.position_side}`));
    this.draw();
  }

  isHeld([symbol, side]) {
    return this.holds.has(`${symbol} ${side}`);
  }

  cellAt(event) {
    if (!this.grid) return -1;
    const { size, columns } = this.grid;
    const column = Math.floor(event.offsetX / size);
    const n = Math.floor(event.offsetY / size) * columns + column;
    return column < columns && n < this.rows.length ? n : -1;
  }

  key(event) {
    const columns = this.grid?.columns ?? 1;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    let to = this.at;
    if (step !== undefined) to += step;
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = this.rows.length - 1;
    else return;
    event.preventDefault();
    if (to < 0 || to >= this.rows.length) return;
    this.point(to);
    // Said once for each step, not with each new age.
    setText(by('map-said'), this.describe(this.rows[to]));
  }

  point(n) {
    if (n === this.at) return;
    this.at = n;
    this.draw();
    this.tell();
  }

  tell() {
    setText(this.readout, this.at >= 0 && this.rows[this.at]
      ? this.describe(this.rows[this.at]) : this.summary());
  }

  describe(row) {
    const [symbol, side, truth, ms, promised] = row;
    const leg = side === 'both' ? '' : ` ${side}`;
    const old = ms === null ? 'unknown' : promised
      ? `${age(ms)} of ${age(this.bound)} promised` : `${age(ms)}, nothing is promised`;
    const late = promised && ms !== null && ms > this.bound ? ' · too old' : '';
    return `${symbol}${leg} · ${truth} · ${old}${late}${this.isHeld(row) ? ' · held' : ''}`;
  }

  summary() {
    let oldest = null;
    for (const row of this.rows)
      if (row[3] !== null && row[4] && (!oldest || row[3] > oldest[3])) oldest = row;
    if (!oldest) return `${count(this.rows.length)} symbols, none of a known age`;
    return `${count(this.rows.length)} symbols · oldest ${oldest[0]}, ${age(oldest[3])}` +
      ` of ${age(this.bound)} promised`;
  }

  colours() {
    const style = getComputedStyle(this.canvas);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      bands: bands.map((b) => of(b.name)), free: of('age-free'), unknown: of('age-unknown'),
      mark: of('age-mark'), held: of('age-held'), focus: of('focus'),
    };
  }

  draw() {
    const width = this.canvas.parentElement.clientWidth - this.inset();
    if (width <= 0) return;
    const heightMax = Math.max(180, Math.min(width * height_share_max, innerHeight * 0.5));
    this.grid = layout(this.rows.length, width, heightMax);
    const { size, columns, rows } = this.grid;
    const height = Math.max(rows * size, 1);
    const scale = devicePixelRatio || 1;
    const wide = Math.round(columns * size * scale);
    const high = Math.round(height * scale);
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
      this.canvas.style.inlineSize = `${columns * size}px`;
      this.canvas.style.blockSize = `${height}px`;
    }
    const pen = this.canvas.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, columns * size, height);
    this.paint(pen, this.colours(), size, columns);
  }

  inset() {
    const style = getComputedStyle(this.canvas.parentElement);
    return parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  }

  paint(pen, colours, size, columns) {
    const counts = [0, 0, 0, 0];
    let [unpromised, unknown, open, held] = [0, 0, 0, 0];
    const side = size - (size > 8 ? gap : 1);
    this.rows.forEach((row, n) => {
      const [, , truth, ms, promised] = row;
      const x = (n % columns) * size;
      const y = Math.floor(n / columns) * size;
      const band = ms === null ? -1 : promised ? bandOf(ms / this.bound) : -2;
      pen.fillStyle = band >= 0 ? colours.bands[band]
        : band === -1 ? 'transparent' : colours.free;
      pen.fillRect(x, y, side, side);
      if (band >= 0) ++counts[band];
      else if (band === -1) ++unknown;
      else ++unpromised;
      pen.lineWidth = Math.max(1, side / 9);
      if (band === -1) hatch(pen, colours.unknown, x, y, side);
      if (band === 3) cross(pen, colours.mark, x, y, side);
      if (truth === 'open') {
        ++open;
        dot(pen, colours.mark, x, y, side);
      }
      if (this.isHeld(row)) {
        ++held;
        frame(pen, colours.held, x, y, side);
      }
      if (n === this.at) frame(pen, colours.focus, x, y, side);
    });
    counts.forEach((c, i) => setText(this.counts[i], count(c)));
    setText(this.unpromised, count(unpromised));
    setText(this.unknown, count(unknown));
    setText(this.open, count(open));
    setText(this.held, count(held));
    this.unpromised.parentElement.hidden = unpromised === 0;
  }
}

function hatch(pen, colour, x, y, side) {
  pen.strokeStyle = colour;
  pen.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
  pen.beginPath();
  pen.moveTo(x, y + side);
  pen.lineTo(x + side, y);
  pen.stroke();
}

function cross(pen, colour, x, y, side) {
  const inset = side * 0.26;
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(x + inset, y + inset);
  pen.lineTo(x + side - inset, y + side - inset);
  pen.moveTo(x + side - inset, y + inset);
  pen.lineTo(x + inset, y + side - inset);
  pen.stroke();
}

function dot(pen, colour, x, y, side) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x + side / 2, y + side / 2, Math.max(1, side * 0.2), 0, 2 * Math.PI);
  pen.fill();
}

function frame(pen, colour, x, y, side) {
  const width = Math.max(1.5, side / 7);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
}
