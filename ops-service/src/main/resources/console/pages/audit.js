// Who did what to dead letters and to running processes, when and why.

import {el, link, table} from '../dom.js';
import {get} from '../api.js';
import {count, moment, words} from '../format.js';
import {filterWords, nothing, title} from '../widgets.js';
import {controlWords, subjectWords} from '../controls.js';
import {partsOf} from './replays.js';

export async function auditPage(place, {signal}) {
  title(place, 'Audit');
  place.append(el('p.muted', {}, 'Everything that was done to dead letters and to running processes; nothing is ever removed. Newest first, 1,000 at most.'));
  const {audit} = await get('/v1/audit', signal);
  place.append(audit.length
    ? table('Actions', [
      {title: 'When', cell: row => moment(row.at)},
      {title: 'Who', cell: row => row.by},
      {title: 'What', cell: row => row.subject ? controlWords(row) : words(row.action)},
      {title: 'Dead letters', number: true, cell: row => row.subject ? null : count(row.letters)},
      {title: 'Why', class: 'prose', cell: row => row.why},
      {title: 'Outcome', class: 'graph-text', cell: row => row.outcome ? partsOf({letters: row.outcome}) : null},
      {title: 'Which', class: 'prose', cell: row => which(row)},
    ], audit)
    : nothing('Nothing has been done yet.', 'Replays, discards, edits and live controls are noted here, with who did them and why.'));
}

function which(row) {
  return [
    row.subject ? subjectWords(row.subject) : null,
    row.filter ? el('span', {}, filterWords(row.filter)) : null,
    row.replay_id ? [row.filter ? ', ' : null, el('a', {href: link(`/replays/${row.replay_id}`)}, 'the replay')] : null,
    row.letter_id ? el('a', {href: link(`/letters/${row.letter_id}`)}, `dead letter ${row.letter_id}`) : null,
  ].filter(Boolean);
}
