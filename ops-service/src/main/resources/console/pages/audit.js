// Who did what to dead letters and to running processes, when and why.

import {add, el, link, table} from '../dom.js';
import {get} from '../api.js';
import {count, moment, words} from '../format.js';
import {t} from '../texts.js';
import {filterWords, nothing, title} from '../widgets.js';
import {controlWords, subjectWords} from '../controls.js';
import {partsOf} from './replays.js';

export async function auditPage(place, {signal}) {
  title(place, t('audit.title'));
  add(place, el('p.muted', {}, t('audit.lead')));
  const {audit} = await get('/v1/audit', signal);
  add(place, audit.length
    ? table(t('audit.table'), [
      {title: t('col.when'), cell: row => moment(row.at)},
      {title: t('col.who'), cell: row => row.by},
      {title: t('col.what'), cell: row => row.subject ? controlWords(row) : words(row.action)},
      {title: t('col.letters'), number: true, cell: row => row.subject ? null : count(row.letters)},
      {title: t('col.why'), class: 'prose', cell: row => row.why},
      {title: t('col.outcome'), class: 'graph-text', cell: row => row.outcome ? partsOf({letters: row.outcome}) : null},
      {title: t('col.which'), class: 'prose', cell: row => which(row)},
    ], audit)
    : nothing(t('audit.none'), t('audit.none_why')));
}

function which(row) {
  return [
    row.subject ? subjectWords(row.subject) : null,
    row.filter ? el('span', {}, filterWords(row.filter)) : null,
    row.replay_id ? [row.filter ? t('app.comma') : null, el('a', {href: link(`/replays/${row.replay_id}`)}, t('audit.replay'))] : null,
    row.patch ? el('pre.code', {}, JSON.stringify(row.patch)) : null,
    row.letter_id ? el('a', {href: link(`/letters/${row.letter_id}`)}, t('filter.one', {id: row.letter_id})) : null,
  ].filter(Boolean);
}
