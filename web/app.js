// Keeps the page current: polls what has ages, reads lists anew when an event concerns them, and says
// so plainly when it cannot.
import { changeState, flatten, releaseHold, revertOverride, setOverride } from './actions.js';
import { AgeMap } from './age_map.js';
import { get, Refused, setToken, Unreachable } from './api.js';
import { showStatus } from './banner.js';
import { Charts } from './charts.js';
import { open } from './dialogs.js';
import { by, el, setClass, setText } from './dom.js';
import { explain } from './explain.js';
import { age, span } from './format.js';
import { Holds, Orders, Overrides, Plans, Positions } from './panels.js';
import { follow } from './stream.js';
import { Tail } from './tail.js';
import { Exits, Limits } from './watch_panels.js';

const poll_ms = 1000;
const many_symbols = 3000; // Above it the map is read every second time.
const list_ms_min = 1000;
const list_ms_max = 10_000; // Lists are read anew after so long even when no event came.
const lost_ms = 3500;

let status = null;
let statusAt = 0; // performance.now() of the last status.
let eventsState = 'connecting';
let flattens = [];
let asking = false; // For a token.

const nowAtServer = () => (status ? Date.parse(status.time) + performance.now() - statusAt : Date.now());

const map = new AgeMap();
const charts = new Charts();
const tail = new Tail();
const openFlatten = (symbol) =>
  flatten({ symbol, symbols: map.rows.map((r) => r[0]), now: nowAtServer }, () => lists.flattens.want());
const positions = new Positions({
  onFlatten: (p) => openFlatten(p.symbol), bound: () => status?.truth.promise.bound_ms ?? 0,
});
const exits = new Exits();
const limits = new Limits();
const plans = new Plans({ onExplain: explain });
const orders = new Orders({ onExplain: explain });
const holds = new Holds({ onRelease: (h) => releaseHold(h, () => lists.holds.want()) });
const overrides = new Overrides({
  onRevert: (o) => revertOverride(o, () => lists.overrides.want()), now: nowAtServer,
});

/** A document that is read when something concerns it: soon, but never twice within a second. */
class List {
  constructor(path, show) {
    this.path = path;
    this.show = show;
    this.at = -Infinity;
    this.wanted = true;
    this.busy = false;
  }

  want() {
    this.wanted = true;
    this.turn();
  }

  async turn() {
    const since = performance.now() - this.at;
    if (this.busy || asking || document.hidden || since < list_ms_min) return;
    if (!this.wanted && since < list_ms_max) return;
    this.busy = true;
    this.wanted = false;
    this.at = performance.now();
    try {
      this.show(await get(this.path));
    } catch (failed) {
      this.wanted = true;
      refused(failed);
    }
    this.busy = false;
  }
}

const lists = {
  plans: new List('/api/v1/plans', (d) => plans.update(d.plans)),
  orders: new List('/api/v1/orders', (d) => orders.update(d.orders)),
  holds: new List('/api/v1/holds', (d) => {
    holds.update(d.holds);
    map.setHolds(d.holds);
  }),
  overrides: new List('/api/v1/overrides', (d) => overrides.update(d)),
  flattens: new List('/api/v1/flatten', (d) => { flattens = d.flattens; }),
};

/** Which lists an event of that kind makes old. */
const concerned = [
  [/^plan_/, 'plans'], [/^(order_|fill_)/, 'orders'], [/^(order_|fill_)/, 'plans'], [/^hold_/, 'holds'],
  [/^override_/, 'overrides'], [/^flatten_/, 'flattens'],
];

function take(events) {
  tail.events(events);
  // What is missing may concern any list.
  if (events.some(({ name }) => name === 'gap')) for (const list of Object.values(lists)) list.wanted = true;
  for (const { name } of events)
    for (const [kind, list] of concerned) if (kind.test(name)) lists[list].wanted = true;
}

// ---- polls

/** Asks `path` again and again, each time some time after the last answer. */
function poll(path, show, wait) {
  const turn = async () => {
    // Whoever is being asked for a token need not be refused for the lack of it each second.
    try {
      if (!asking) show(await get(path));
    } catch (failed) {
      refused(failed);
    }
    setTimeout(turn, wait());
  };
  turn();
}

function takeStatus(s) {
  const first = status === null;
  status = s;
  statusAt = performance.now();
  showStatus(s, flattens);
  charts.add(s);
  if (s.holds !== holds.table.rows.size) lists.holds.wanted = true;
  if (s.overrides.length !== overrides.rows.length) lists.overrides.wanted = true;
  if (flattens.some((f) => f.state === 'running')) lists.flattens.wanted = true;
  if (first) document.body.classList.add('ready');
}

poll('/api/v1/status', takeStatus, () => poll_ms);
poll('/api/v1/positions', (d) => {
  positions.update(d.positions);
  exits.update(d.positions);
}, () => (document.hidden ? 10_000 : poll_ms));
poll('/api/v1/limits', (d) => limits.update(d), () => (document.hidden ? 10_000 : 2 * poll_ms));
poll('/api/v1/ages', (d) => map.update(d),
  () => (document.hidden ? 10_000 : map.rows.length > many_symbols ? 2 * poll_ms : poll_ms));

// ---- streams: closed while nobody looks, for a browser has few connections for all its pages

let events = null;
let lastEvent = '';

function startStreams() {
  tail.start();
  events ??= follow('/api/v1/events', {
    after: lastEvent,
    onEvents: take,
    onState: (state, code) => {
      eventsState = state;
      if (state === 'open') for (const list of Object.values(lists)) list.wanted = true;
      if (code === 401) askForToken();
    },
  });
}

function stopStreams() {
  tail.stop();
  lastEvent = events?.stop() ?? lastEvent;
  events = null;
}

document.addEventListener('visibilitychange', () => (document.hidden ? stopStreams() : startStreams()));
startStreams();

// ---- how old all of this is

function tick() {
  for (const list of Object.values(lists)) list.turn();
  const old = statusAt ? performance.now() - statusAt : performance.now();
  const lost = old > lost_ms;
  const node = by('live');
  setClass(node, `live ${lost ? 'bad' : eventsState === 'open' ? 'good' : 'warn'}`);
  setText(node, lost ? '■ Lost' : eventsState === 'open' ? '● Live' : '▲ Events reconnect');
  document.body.classList.toggle('is-lost', lost);
  by('lost').hidden = !lost;
  if (lost)
    setText(by('lost'), statusAt ? `■ Connection lost. What is shown is ${span(old)} old.`
      : '■ Not reachable. Nothing is known yet.');
  node.title = status ? `status is ${age(old)} old` : '';
}

setInterval(tick, 250);
setInterval(() => overrides.tick(), 1000);

// ---- orders

by('do-state').addEventListener('click', () => {
  if (status) changeState(status.state, () => {});
});
by('do-flatten').addEventListener('click', () => openFlatten(''));
by('do-override').addEventListener('click', () => setOverride(() => lists.overrides.want()));

// ---- a token for reading, where the server wants one

function refused(failed) {
  if (failed instanceof Refused && failed.wantsToken) askForToken();
  else if (!(failed instanceof Refused) && !(failed instanceof Unreachable)) console.error(failed);
}

function askForToken() {
  if (asking || document.querySelector('dialog[open]')) return;
  asking = true;
  const { dialog, body, close } = open('Token');
  const input = el('input', { id: 'read-token', type: 'password', name: 'token', autocomplete: 'off', required: true });
  const node = el('form', {},
    el('p', { class: 'intro', text: 'This Sluice wants a token. It is kept in this page only, until it is closed.' }),
    el('div', { class: 'field' }, el('label', { for: 'read-token', text: 'Token' }), input),
    el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'primary', text: 'Use it' })));
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    setToken(input.value);
    close();
  });
  dialog.addEventListener('close', () => { asking = false; });
  body.replaceChildren(node);
  input.focus();
}

get('/version').then((v) => setText(by('version'), `Sluice ${v.version} · ${v.revision} · configuration ${v.config_hash}`),
  () => {});
