// Replays: all of them, and how far one has come.

import {add, el, fill, facts, link, table} from '../dom.js';
import {get, post} from '../api.js';
import {count, moment, reasonCode, seconds, words} from '../format.js';
import {t, word} from '../texts.js';
import {badge, confirmAction, filterWords, nothing, parts, poll, taskLink, title} from '../widgets.js';
import {skippedWords} from './replay.js';

const PARTS = [
  ['succeeded', word('succeeded'), 'good'], ['failed', word('failed_again'), 'bad'], ['expired', word('expired'), 'bad'], ['cancelled', word('cancelled'), 'bad'], ['in_doubt', word('in_doubt'), 'bad'],
  ['under_way', word('under_way'), 'busy'], ['taken', word('taken'), 'busy'], ['waiting', word('waiting'), 'plain'], ['skipped', word('skipped'), 'plain'],
];

export const partsOf = replay => parts(PARTS.map(([key, name, meaning]) => ({name, meaning, value: replay.letters[key] ?? 0})));

const sum = counts => Object.values(counts).reduce((all, value) => all + value, 0);

export async function replaysPage(place, {signal}) {
  title(place, t('replays.title'));
  const trouble = el('div');
  const list = el('div');
  const kept = el('section');
  add(place, trouble, list, kept);
  const {plans} = await get('/v1/replays/plans', signal);
  if (plans.length) {
    fill(kept, table(t('replays.kept'), [
      {title: t('col.name'), cell: row => el('a', {href: link(`/plans/${row.id}`), 'data-key': row.id}, row.name)},
      {title: t('dry_run.seen'), cell: row => moment(row.created_at)},
      {title: t('col.letters'), number: true, cell: row => count(row.letters)},
      {title: t('col.which'), class: 'prose', cell: row => filterWords(row.filter)},
    ], plans, {titled: true}));
  }
  await poll(signal, 3_000, trouble, async () => {
    const {replays} = await get('/v1/replays', signal);
    fill(list, replays.length
      ? table(t('replays.table'), [
        {title: t('col.began'), cell: row => el('a', {href: link(`/replays/${row.id}`), 'data-key': row.id}, moment(row.created_at))},
        {title: t('col.state'), cell: row => badge(row.state)},
        {title: t('col.letters'), number: true, cell: row => count(sum(row.letters))},
        {title: t('replays.became'), class: 'graph-text', cell: row => partsOf(row)},
        {title: t('col.by'), cell: row => row.by},
        {title: t('col.why'), class: 'prose', cell: row => row.why},
      ], replays)
      : nothing(t('replays.none'), t('replays.none_why', {letters: el('a', {href: '#/letters'}, t('replays.letters'))})));
  });
}

export async function progressPage(place, {parts: [id], signal}) {
  const path = `/v1/replays/${encodeURIComponent(id)}`;
  const state = el('span', {'aria-live': 'polite'});
  title(place, t('col.replay'), state);
  const trouble = el('div');
  const body = el('div');
  const results = el('section');
  add(place, trouble, body, results);
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
    el('p.big', {}, t('replays.progress', {sent: el('b', {}, count(all - left)), n: all})),
    partsOf(replay),
    el('div.actions', {}, moves(replay, again)),
    facts(
      [t('col.name'), replay.name],
      [t('replays.asked'), [filterWords(replay.filter), replay.from_stage ? t('replays.from_photo') : '']],
      [t('col.by'), replay.by],
      [t('col.why'), replay.why],
      [t('live.rate'), t('dry_run.a_second', {n: replay.per_second})],
      [replay.starts_at ? t('replays.asked_at') : t('col.began'), moment(replay.created_at)],
      [t('replays.begins'), moment(replay.starts_at)],
      [t('replays.pauses'), replay.stop_percent ? t('replays.percent_fail', {percent: replay.stop_percent}) : null],
      [t('replays.paused_because'), replay.paused_because],
      [t('col.ended'), replay.ended_at ? [moment(replay.ended_at), el('span.muted', {}, t('task.after', {length: seconds((new Date(replay.ended_at) - new Date(replay.created_at)) / 1_000)}))] : null],
      [t('replays.left'), replay.state === 'running' && left ? t('replays.about', {length: seconds(left / replay.per_second)}) : null]),
    el('div.columns', {},
      sum(replay.failed_with) ? table(t('replays.failed_with'), [
        {title: t('col.reason'), cell: ([reason]) => reasonCode(reason)},
        {title: t('col.letters'), number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(replay.failed_with), {titled: true, keep: true}) : null,
      sum(replay.skipped) ? table(t('replays.skipped'), [
        {title: t('col.why'), class: 'prose', cell: ([why]) => skippedWords(why)},
        {title: t('col.letters'), number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(replay.skipped), {titled: true, keep: true}) : null),
  ];
}

function moves(replay, again) {
  const move = (name, button, heading, text, danger = false) => el(danger ? 'button.grave' : 'button', {type: 'button', 'data-key': name, click: () => confirmAction({
    title: heading, text, button, danger, example: t('replays.example'),
    work: async action => {
      await post(`/v1/replays/${replay.id}/${name}`, action);
      await again();
    },
  })}, `${button}…`);
  const abort = move('abort', t('replays.abort'), t('replays.abort_title'), t('replays.abort_does'), true);
  if (replay.state === 'scheduled') return [abort];
  if (replay.state === 'running') {
    return [move('pause', t('control.pause'), t('replays.pause_title'), t('replays.pause_does')), abort];
  }
  if (replay.state === 'paused') {
    return [move('resume', t('control.resume'), t('replays.resume_title'), t('replays.resume_does')), abort];
  }
  return null;
}

async function oneByOne(path, signal) {
  const found = await get(`${path}/letters`, signal);
  if (!found.letters.length) return null;
  return [el('h2', {}, t('letters.one_by_one')),
    found.letters.length === 1_000 ? el('p.muted', {}, t('replays.first')) : null,
    table(t('replays.letters_table'), [
      {title: t('col.place'), number: true, cell: row => row.place},
      {title: t('col.letter'), cell: row => row.letter_id ? el('a', {href: link(`/letters/${row.letter_id}`), 'data-key': `l${row.letter_id}`}, `#${row.letter_id}`) : null},
      {title: t('col.task'), cell: row => taskLink(row.task_id)},
      {title: t('col.generation'), number: true, cell: row => row.generation},
      {title: t('col.outcome'), cell: row => row.outcome ? badge(row.outcome, words(row.outcome)) : row.state === 'published' ? badge('under_way') : badge(row.state)},
      {title: t('col.why'), class: 'prose', cell: row => row.skipped ? skippedWords(row.skipped) : reasonCode(row.reason)},
    ], found.letters)];
}
