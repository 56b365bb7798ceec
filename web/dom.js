// Builds and updates the page's nodes. Texts go in as texts only: nothing of the API is ever parsed
// as HTML.

/**
 * A new element. `props`: `class`, `text`, `on` (listeners by event), `data` (data attributes), and
 * any attribute; null, undefined and false leave one out.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name === 'text') node.textContent = value;
    else if (name === 'on') for (const [e, f] of Object.entries(value)) node.addEventListener(e, f);
    else if (name === 'data') Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

export const by = (id) => document.getElementById(id);

/** Writes only what differs, so that a selection in the page survives an update. */
export function setText(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

export function setClass(node, value) {
  if (node.className !== value) node.className = value;
}

/**
 * A table whose rows have keys: an update changes cells in place, keeps the focus, and moves a row
 * only where the order differs. A column: {name, head, text(row), tone?(row), node?(row),
 * kind: 'num' | 'code' | 'act' | 'long', width (in rem, 4 to 14; the rest is shared), title?(row),
 * draw?(inner, row)}. `node` makes a cell's content once; `draw` changes what `text` does not write.
 */
export class Table {
  constructor(place, { label, columns, key, empty, rowClass }) {
    this.columns = columns;
    this.key = key;
    this.rowClass = rowClass ?? (() => '');
    this.rows = new Map();
    this.body = el('tbody', { role: 'rowgroup' });
    const cols = columns.map((c) => el('col', { class: c.width ? `w-${c.width}` : null }));
    const heads = columns.map((c) =>
      el('th', { scope: 'col', role: 'columnheader', class: c.kind ?? '', text: c.head }));
    this.table = el('table', { role: 'table', 'aria-label': label },
      el('colgroup', {}, ...cols),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...heads)), this.body);
    this.empty = el('p', { class: 'empty', text: empty });
    place.replaceChildren(this.table, this.empty);
    this.update([]);
  }

  update(data) {
    const before = this.rows;
    this.rows = new Map();
    const keys = new Set(data.map(this.key));
    // First, so that what stays need not move and keeps the focus.
    for (const [key, gone] of before) if (!keys.has(key)) gone.node.remove();
    let at = this.body.firstElementChild;
    for (const row of data) {
      const key = this.key(row);
      if (this.rows.has(key)) continue;
      const kept = before.get(key) ?? this.make(row);
      kept.row = row;
      this.fill(kept);
      this.rows.set(key, kept);
      if (kept.node === at) at = at.nextElementSibling;
      else this.body.insertBefore(kept.node, at);
    }
    this.empty.hidden = data.length > 0;
    this.table.hidden = data.length === 0;
  }

  make(row) {
    const kept = { row, cells: [] };
    kept.cells = this.columns.map((c) => {
      const cell = el('td', { role: 'cell', class: c.kind ?? '', data: { head: c.head } });
      if (c.node) cell.append(c.node(() => kept.row));
      else cell.append(el('span'));
      return cell;
    });
    kept.node = el('tr', { role: 'row' }, ...kept.cells);
    return kept;
  }

  fill({ row, node, cells }) {
    setClass(node, this.rowClass(row));
    this.columns.forEach((c, i) => {
      const inner = cells[i].firstElementChild;
      if (c.text) setText(inner, c.text(row));
      c.draw?.(inner, row);
      if (c.tone) setClass(inner, `tone ${c.tone(row) ?? ''}`);
      const title = c.title?.(row);
      if (title && inner.title !== title) inner.title = title;
    });
  }
}
