// Follows server-sent events and resumes where it stopped. Not by EventSource, which can send no
// token and does not say when it will try again.
import { headers } from './api.js';

const quiet_ms_max = 40_000; // The server sends a comment every 15 s.
const retry_ms_first = 500;
const retry_ms_max = 8000;

/** Splits the bytes of a stream into events {id, name, data}. */
export class Splitter {
  constructor() {
    this.rest = '';
  }

  take(text) {
    const lines = (this.rest + text).split('\n');
    // An event ends with an empty line; what comes after the last one waits.
    const end = lines.lastIndexOf('', lines.length - 2);
    this.rest = end < 0 ? lines.join('\n') : lines.slice(end + 1).join('\n');
    const events = [];
    let event = null;
    for (const line of end < 0 ? [] : lines.slice(0, end + 1)) {
      if (line === '') {
        if (event) events.push(event);
        event = null;
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      event ??= { id: '', name: 'message', data: '' };
      if (field === 'id') event.id = value;
      else if (field === 'event') event.name = value;
      else if (field === 'data') event.data += event.data ? `\n${value}` : value;
    }
    return events;
  }
}

/**
 * Follows `path` from what came after `after` until stopped. `onEvents(list)` gets what came at
 * once, `onState(word)` one of "open", "lost", "refused" (with the status). `stop` returns the id to
 * go on from.
 */
export function follow(path, { after = '', onEvents, onState }) {
  let last = after;
  let retry = retry_ms_first;
  let stopped = false;
  let controller = null;

  async function once() {
    controller = new AbortController();
    let quiet = 0;
    const watch = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => controller.abort(), quiet_ms_max);
    };
    try {
      watch();
      const more = { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) };
      const reply = await fetch(path, {
        headers: headers(more), cache: 'no-store', signal: controller.signal,
      });
      if (!reply.ok) {
        onState('refused', reply.status);
        return;
      }
      onState('open');
      retry = retry_ms_first;
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      const splitter = new Splitter();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        watch();
        const events = splitter.take(value);
        for (const e of events) if (e.id) last = e.id;
        if (events.length > 0) onEvents(events);
      }
    } finally {
      clearTimeout(quiet);
    }
  }

  (async () => {
    while (!stopped) {
      try {
        await once();
      } catch {
        // A lost connection is told below, like one that ended.
      }
      if (stopped) break;
      onState('lost');
      await new Promise((done) => { setTimeout(done, retry); });
      retry = Math.min(retry * 2, retry_ms_max);
    }
  })();

  return {
    stop() {
      stopped = true;
      controller?.abort();
      return last;
    },
  };
}
