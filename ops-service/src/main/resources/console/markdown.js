// The report's Markdown as elements: headings, paragraphs, lists, tables, **bold** and `code`. Its text stays text.

import {el, table} from './dom.js';

/** Elements for a document in the Markdown that ops-service writes; headings begin at level 2. `drawn` makes a picture from its name. */
export function markdown(text, drawn = () => null) {
  const lines = text.split('\n');
  const out = [];
  let heading = '';
  for (let at = 0; at < lines.length;) {
    const line = lines[at].trim();
    const title = /^(#{1,6})\s+(.*)$/.exec(line);
    const image = /^!\[(.*)\]\(pictures\/([a-z0-9-]+)\.svg\)$/.exec(line);
    if (!line) {
      at++;
    } else if (image) {
      out.push(el('figure.drawn', {}, el('div.scroll', {tabindex: 0, role: 'group', 'aria-label': plain(image[1])}, drawn(image[2])), el('figcaption', {}, plain(image[1]))));
      at++;
    } else if (title) {
      heading = plain(title[2]);
      out.push(el(`h${Math.min(6, title[1].length + 1)}`, {}, inline(title[2])));
      at++;
    } else if (line.startsWith('|') && /^\|?[\s:|-]+\|?$/.test(lines[at + 1] ?? '')) {
      const rows = until(lines, at, next => !next.trim().startsWith('|'));
      out.push(tableOf(rows, heading));
      at += rows.length;
    } else if (/^([-*]|\d+\.)\s/.test(line)) {
      const items = until(lines, at, next => !/^\s*([-*]|\d+\.)\s/.test(next));
      out.push(el(/^\d/.test(line) ? 'ol' : 'ul', {}, items.map(item => el('li', {}, inline(item.trim().replace(/^([-*]|\d+\.)\s+/, ''))))));
      at += items.length;
    } else if (line.startsWith('```')) {
      const body = until(lines, at + 1, next => next.trim().startsWith('```'));
      out.push(el('pre', {tabindex: 0}, body.join('\n')));
      at += body.length + 2;
    } else {
      const paragraph = until(lines, at, next => !next.trim() || /^\s*(#{1,6}\s|\||[-*]\s|```|!\[)/.test(next));
      const length = Math.max(1, paragraph.length);
      out.push(el('p', {}, inline(lines.slice(at, at + length).map(part => part.trim()).join(' '))));
      at += length;
    }
  }
  return out;
}

function until(lines, from, ends) {
  let to = from;
  while (to < lines.length && !ends(lines[to])) to++;
  return lines.slice(from, to);
}

function cells(row) {
  return row.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map(cell => cell.trim());
}

function tableOf(rows, caption) {
  const body = rows.slice(2).map(cells);
  const titles = cells(rows[0]);
  const columns = titles.map((title, index) => {
    const number = index > 0 && body.every(row => NUMBER.test(row[index] ?? ''));
    return {title: plain(title), number, class: number ? null : 'prose', cell: row => inline(row[index] ?? '')};
  });
  return table(caption, columns, body, {keep: titles.length < 4});
}

/** `1,234`, `12.3 s`, `5 (0.1%)`, `<1%`, or a dash for none. */
const NUMBER = /^((&lt;|<)?[\d,.]+( ?[a-z%/]{1,3})?( \([^)]*%\))?|[-–]|)$/;

const plain = text => unescaped(text.replace(/(?<!\\)[*`]/g, ''));

const unescaped = text => text.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1').replaceAll('&lt;', '<');

function inline(text) {
  return text.split(/((?<!\\)\*\*[^*]+\*\*|(?<!\\)`[^`]+`)/).filter(Boolean).map(part => part.startsWith('**') ? el('b', {}, plain(part))
    : part.startsWith('`') ? el('code', {}, part.slice(1, -1))
      : unescaped(part));
}
