// Elements from data. Text is only ever set as text: nothing here, and nothing that uses it, parses a string as HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `el('p.note', {title: 'x'}, 'text', child, …)`. A function as an attribute is a listener; null and false leave it out. */
export function el(tag, attributes, ...children) {
  return make(name => document.createElement(name), tag, attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  return make(name => document.createElementNS(SVG, name), tag, attributes, children);
}

function make(create, tag, attributes, children) {
  const [name, ...classes] = tag.split('.');
  const element = create(name);
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity)
    .filter(child => child !== null && child !== undefined && child !== false)
    .map(child => child instanceof Node ? child : String(child));
}

/** Puts content behind what is there; what is null is left out, which `append` would write as a word. */
export function add(container, ...children) {
  container.append(...nodes(children));
}

/** Puts new content in the place of the old; what had the focus, known by its `data-key`, has it again. */
export function fill(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset?.key : undefined;
  container.replaceChildren(...nodes(children));
  if (focused) container.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  return container;
}

/**
 * A table that becomes a list of cards on a narrow screen. A column is `{title, cell, number, drawn}`; `cell` makes a row's
 * content; the title of what is drawn is for those who cannot see it.
 * A table that is to `keep` its form is narrow enough as it is. Roles are said outright, since a table that is laid out as blocks loses them in some browsers.
 */
export function table(caption, columns, rows, {wide, titled, keep} = {}) {
  const body = rows.map(row => el('tr', {role: 'row'}, columns.map((column, index) => {
    const content = column.cell(row);
    const empty = content === null || content === undefined || content === '';
    return el(index === 0 && !column.control ? 'th' : 'td', {
      role: index === 0 && !column.control ? 'rowheader' : 'cell',
      scope: index === 0 && !column.control ? 'row' : null,
      class: [column.number && 'number', column.class, empty && 'empty'].filter(Boolean).join(' ') || null,
      'data-label': column.drawn ? '' : column.title,
    }, empty ? '' : content);
  })));
  return el('table', {role: 'table', class: [wide && 'wide', keep && 'keep'].filter(Boolean).join(' ') || null},
    el('caption', {class: titled ? 'titled' : null}, caption),
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, columns.map(column =>
      el('th', {role: 'columnheader', scope: 'col', class: column.number ? 'number' : null},
        column.head ?? (column.drawn ? el('span.unseen', {}, column.title) : column.title))))),
    el('tbody', {role: 'rowgroup'}, body));
}

/** Facts, each a name and a value; those without a value are left out. */
export function facts(...pairs) {
  return el('dl.facts', {}, pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/** An address within the console; parameters that are empty are left out. */
export function link(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([key, value]) => [key, String(value)])).toString();
  return '#' + path + (query ? '?' + query : '');
}
