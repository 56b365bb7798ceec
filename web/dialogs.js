// Dialogs: one that shows, and one that asks for an order with author, reason and, when the server
// wants one, a token.
import { offerOrderToken, Refused, Unreachable } from './api.js';
import { by, el, setText } from './dom.js';

let toastTimer = 0;

/** One line at the foot of the page, read out by screen readers. */
export function toast(text) {
  const node = by('toast');
  setText(node, text);
  node.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { node.hidden = true; }, 6000);
}

/** Opens a modal dialog that Esc and its cross close; gone from the page once closed. */
export function open(title, { wide = false } = {}) {
  const body = el('div', { class: 'body' });
  const cross = el('button', { type: 'button', class: 'cross', 'aria-label': 'Close', text: '×' });
  const heading = el('h2', { id: `dialog-${crypto.randomUUID?.() ?? Math.random()}`, text: title });
  const dialog = el('dialog', { class: wide ? 'wide' : '', 'aria-labelledby': heading.id },
    el('header', {}, heading, cross), body);
  cross.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, body, close: () => dialog.close() };
}

/** A labelled input of a form; `options` make it a choice. */
export function field({ name, label, value = '', hint = '', options = null, required = true, type = 'text', list = null }) {
  const id = `field-${name}`;
  const input = options
    ? el('select', { id, name }, ...options.map((o) =>
        el('option', { value: o.value ?? o, text: o.text ?? o, selected: (o.value ?? o) === value })))
    : el('input', { id, name, type, value, required, autocomplete: 'off', spellcheck: 'false', list,
        maxlength: type === 'password' ? null : 500 });
  input.setAttribute('aria-describedby', `${id}-note`);
  return el('div', { class: 'field', data: { field: name } },
    el('label', { for: id, text: label }), input,
    el('p', { id: `${id}-note`, class: 'hint', text: hint, data: { hint } }));
}

const remembered = () => sessionStorage.getItem('author') ?? '';

function complain(form, errors) {
  for (const node of form.querySelectorAll('.field')) {
    const wrong = errors.find((e) => e.field === node.dataset.field);
    const note = node.querySelector('.hint');
    node.classList.toggle('wrong', Boolean(wrong));
    node.querySelector('input, select').setAttribute('aria-invalid', Boolean(wrong));
    setText(note, wrong ? wrong.reason : note.dataset.hint);
  }
  form.querySelector('.wrong input, .wrong select')?.focus();
}

function askForToken(form, again) {
  let node = form.querySelector('[data-field=token]');
  if (!node) {
    node = field({ name: 'token', label: 'Token', type: 'password',
      hint: 'Kept in this page only, until it is closed.' });
    form.querySelector('.buttons').before(node);
  }
  node.querySelector('input').focus();
  return again ? 'This token is not accepted.' : 'This Sluice wants a token for orders.';
}

function tell(form, failed) {
  const message = form.querySelector('.message');
  message.hidden = false;
  if (failed instanceof Refused && failed.wantsToken) {
    const given = form.elements.namedItem('token')?.value;
    setText(message, `■ ${askForToken(form, Boolean(given))}`);
    return;
  }
  if (failed instanceof Refused) {
    complain(form, failed.errors);
    const known = new Set([...form.querySelectorAll('.field')].map((f) => f.dataset.field));
    const others = failed.errors.filter((e) => !known.has(e.field));
    setText(message, `■ Refused: ${[failed.errors.length ? '' : failed.message,
      ...others.map((e) => `${e.field} ${e.reason}`)].filter(Boolean).join('; ') || 'see the fields'}`);
    return;
  }
  setText(message, failed instanceof Unreachable
    ? `▲ Not confirmed: ${failed.message}. Look before you repeat it.` : `■ ${failed.message}`);
}

/**
 * A form in an open dialog's body. `act(values)` does it; what it throws is shown, what it returns is
 * passed to `done`. Author and reason are always asked for.
 */
export function form(body, { intro, fields, submit, danger = false, act, done }) {
  const message = el('p', { class: 'message', role: 'alert', hidden: true });
  const button = el('button', { type: 'submit', class: danger ? 'danger' : 'primary', text: submit });
  const node = el('form', { novalidate: true },
    ...[].concat(intro ?? []).map((text) => (typeof text === 'string' ? el('p', { class: 'intro', text }) : text)),
    ...fields.map((f) => (f instanceof Node ? f : field(f))),
    field({ name: 'author', label: 'Author', value: remembered(), hint: 'Who orders this; goes on record.' }),
    field({ name: 'reason', label: 'Reason', hint: 'Why; goes on record.' }),
    message, el('div', { class: 'buttons' }, button));
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(node));
    const given = values.token ?? '';
    delete values.token;
    const missing = [...node.querySelectorAll('input[required]')].filter((i) => !i.value.trim());
    if (missing.length) {
      complain(node, missing.map((i) => ({ field: i.name, reason: 'is missing' })));
      return;
    }
    complain(node, []);
    message.hidden = true;
    button.disabled = true;
    offerOrderToken(given);
    try {
      const result = await act(values);
      sessionStorage.setItem('author', values.author);
      done(result, values);
    } catch (failed) {
      button.disabled = false;
      tell(node, failed);
    }
  });
  body.replaceChildren(node);
  node.querySelector('input:not([value]), input[value=""], select')?.focus();
  return node;
}

/** Leaves out what is empty: the API refuses fields that are no use to it. */
export function filled(values) {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== ''));
}
