// How durations, counts and times are written. Amounts of money and base asset are the API's own
// decimal texts and never pass through here.

const grouped = new Intl.NumberFormat('en-US');

/** 1234567 as "1,234,567"; "–" for what is not known. */
export function count(n) {
  return n === null || n === undefined ? '–' : grouped.format(n);
}

/** Milliseconds for a person: "412 ms", "1.90 s", "3 m 12 s", "2 h 5 m", "4 d 1 h". */
export function age(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 10) / 100).toFixed(2)} s`;
  return span(ms);
}

/** Whole seconds and up: "12 s", "3 m 12 s", "2 h 5 m", "4 d 1 h". */
export function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} m`;
  return `${Math.floor(s / 86_400)} d ${Math.floor(s / 3600) % 24} h`;
}

/** Microseconds as milliseconds with three digits that count: "0.042 ms", "3.10 ms", "812 ms". */
export function latency(us) {
  if (us === null || us === undefined) return '–';
  const ms = us / 1000;
  if (ms >= 1000) return age(ms);
  return `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)} ms`;
}

/** The time of day in UTC of an RFC 3339 text: "05:00:21". */
export function clock(text) {
  return text ? text.slice(11, 19) : '–';
}

/** Words of the API without their underscores. */
export function words(text) {
  return text === null || text === undefined ? '–' : String(text).replaceAll('_', ' ');
}

/** A value or a dash. */
export function or(text, otherwise = '–') {
  return text === null || text === undefined || text === '' ? otherwise : text;
}
