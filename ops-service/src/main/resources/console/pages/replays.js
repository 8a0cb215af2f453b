// Replays: all of them, and how far one has come.

import {el, fill, facts, link, table} from '../dom.js';
import {get, post} from '../api.js';
import {count, moment, plural, seconds, words} from '../format.js';
import {badge, confirmAction, filterWords, nothing, parts, poll, taskLink, title} from '../widgets.js';
import {skippedWords} from './replay.js';

const PARTS = [
  ['succeeded', 'succeeded', 'good'], ['failed', 'failed again', 'bad'], ['expired', 'expired', 'bad'], ['cancelled', 'cancelled', 'bad'], ['in_doubt', 'in doubt', 'bad'],
  ['under_way', 'under way', 'busy'], ['taken', 'being sent', 'busy'], ['waiting', 'waiting', 'plain'], ['skipped', 'skipped', 'plain'],
];

export const partsOf = replay => parts(PARTS.map(([key, name, meaning]) => ({name, meaning, value: replay.letters[key] ?? 0})));

const sum = counts => Object.values(counts).reduce((all, value) => all + value, 0);

export async function replaysPage(place, {signal}) {
  title(place, 'Replays');
  const trouble = el('div');
  const list = el('div');
  const kept = el('section');
  place.append(trouble, list, kept);
  const {plans} = await get('/v1/replays/plans', signal);
  if (plans.length) {
    fill(kept, table('Dry runs that were kept', [
      {title: 'Name', cell: row => el('a', {href: link(`/plans/${row.id}`), 'data-key': row.id}, row.name)},
      {title: 'Seen', cell: row => moment(row.created_at)},
      {title: 'Dead letters', number: true, cell: row => count(row.letters)},
      {title: 'Of', class: 'prose', cell: row => filterWords(row.filter)},
    ], plans, {titled: true}));
  }
  await poll(signal, 3_000, trouble, async () => {
    const {replays} = await get('/v1/replays', signal);
    fill(list, replays.length
      ? table('Replays, the newest first', [
        {title: 'Began', cell: row => el('a', {href: link(`/replays/${row.id}`), 'data-key': row.id}, moment(row.created_at))},
        {title: 'State', cell: row => badge(row.state)},
        {title: 'Dead letters', number: true, cell: row => count(sum(row.letters))},
        {title: 'What became of them', class: 'graph-text', cell: row => partsOf(row)},
        {title: 'By', cell: row => row.by},
        {title: 'Why', class: 'prose', cell: row => row.why},
      ], replays)
      : nothing('Nothing has been replayed yet.', 'Choose ', el('a', {href: '#/letters'}, 'dead letters'), ' and look at a dry run first.'));
  });
}

export async function progressPage(place, {parts: [id], signal}) {
  const path = `/v1/replays/${encodeURIComponent(id)}`;
  const state = el('span', {'aria-live': 'polite'});
  title(place, 'Replay', state);
  const trouble = el('div');
  const body = el('div');
  const results = el('section');
  place.append(trouble, body, results);
  const again = () => show().catch(() => {});
  const show = async () => {
    const replay = await get(path, signal);
    fill(state, badge(replay.state));
    fill(body, progress(replay, again));
    fill(results, await oneByOne(path, signal));
    return !(['done', 'aborted'].includes(replay.state) && !replay.letters.under_way);
  };
  await poll(signal, 1_000, trouble, show);
}

function progress(replay, again) {
  const all = sum(replay.letters);
  const left = (replay.letters.waiting ?? 0) + (replay.letters.taken ?? 0);
  return [
    el('p.big', {}, el('b', {}, count(all - left)), ` of ${plural(all, 'dead letter')} sent`),
    partsOf(replay),
    el('div.actions', {}, moves(replay, again)),
    facts(
      ['Name', replay.name],
      ['Asked for', [filterWords(replay.filter), replay.from_stage ? ', from the photo on' : '']],
      ['By', replay.by],
      ['Why', replay.why],
      ['Rate', `${count(replay.per_second)} a second`],
      [replay.starts_at ? 'Asked for at' : 'Began', moment(replay.created_at)],
      ['Begins', moment(replay.starts_at)],
      ['Pauses when more than', replay.stop_percent ? `${replay.stop_percent} % fail` : null],
      ['Paused because', replay.paused_because],
      ['Ended', replay.ended_at ? [moment(replay.ended_at), el('span.muted', {}, ` after ${seconds((new Date(replay.ended_at) - new Date(replay.created_at)) / 1_000)}`)] : null],
      ['Left', replay.state === 'running' && left ? `about ${seconds(left / replay.per_second)}` : null]),
    el('div.columns', {},
      sum(replay.failed_with) ? table('Did not succeed, with', [
        {title: 'Reason', cell: ([reason]) => el('span.code', {}, reason)},
        {title: 'Dead letters', number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(replay.failed_with), {titled: true, keep: true}) : null,
      sum(replay.skipped) ? table('Skipped, because', [
        {title: 'Why', class: 'prose', cell: ([why]) => skippedWords(why)},
        {title: 'Dead letters', number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(replay.skipped), {titled: true, keep: true}) : null),
  ];
}

function moves(replay, again) {
  const move = (name, button, text, danger = false) => el(danger ? 'button.grave' : 'button', {type: 'button', 'data-key': name, click: () => confirmAction({
    title: `${button} the replay`, text, button, danger, example: 'The provider slows down.',
    work: async action => {
      await post(`/v1/replays/${replay.id}/${name}`, action);
      await again();
    },
  })}, `${button}…`);
  const abort = move('abort', 'Abort', 'What has not been sent becomes open again. This cannot be undone.', true);
  if (replay.state === 'scheduled') return [abort];
  if (replay.state === 'running') {
    return [move('pause', 'Pause', 'What is under way goes on; nothing more is sent until it is resumed.'), abort];
  }
  if (replay.state === 'paused') {
    return [move('resume', 'Resume', 'It goes on where it was.'), abort];
  }
  return null;
}

async function oneByOne(path, signal) {
  const found = await get(`${path}/letters`, signal);
  if (!found.letters.length) return null;
  return [el('h2', {}, 'One by one'),
    found.letters.length === 1_000 ? el('p.muted', {}, 'The first 1,000.') : null,
    table('Dead letters, in their order', [
      {title: 'Place', number: true, cell: row => row.place},
      {title: 'Dead letter', cell: row => row.letter_id ? el('a', {href: link(`/letters/${row.letter_id}`), 'data-key': `l${row.letter_id}`}, `#${row.letter_id}`) : null},
      {title: 'Task', cell: row => taskLink(row.task_id)},
      {title: 'Generation', number: true, cell: row => row.generation},
      {title: 'Outcome', cell: row => row.outcome ? badge(row.outcome, words(row.outcome)) : row.state === 'published' ? badge('under_way') : badge(row.state)},
      {title: 'Why', class: 'prose', cell: row => row.skipped ? skippedWords(row.skipped) : row.reason ? el('span.code', {}, row.reason) : null},
    ], found.letters)];
}
