// The timeline of one task: every attempt, and what became of it.

import {add, el, facts, link, svg, table} from '../dom.js';
import {get} from '../api.js';
import {cost, millis, moment, reasonCode, seconds, words} from '../format.js';
import {t, word} from '../texts.js';
import {badge, complaint, foreign, nothing, title} from '../widgets.js';
import {cancelTask} from '../controls.js';

export async function taskPage(place, {parts: [id], signal}) {
  title(place, t('task.title'));
  add(place, search(id ?? ''));
  if (!id) {
    add(place, nothing(t('task.which'), t('task.which_why')));
    return;
  }
  let task;
  try {
    task = await get(`/v1/tasks/${encodeURIComponent(id)}/timeline`, signal);
  } catch (failure) {
    add(place, complaint(failure));
    return;
  }
  const began = new Date(task.submitted_at);
  add(place, 
    el('h2.mono.wrap', {}, task.task_id),
    facts(
      [t('col.state'), [badge(task.state), task.reason ? [' ', reasonCode(task.reason)] : null]],
      [t('live.waits_for'), word(task.waiting_for, 'waits')],
      [t('col.submitted'), moment(task.submitted_at)],
      [t('col.ended'), task.ended_at ? [moment(task.ended_at), el('span.muted', {}, t('task.after', {length: seconds((new Date(task.ended_at) - began) / 1_000)}))] : t('task.not_yet')],
      [t('task.notified'), task.delivered_at ? moment(task.delivered_at) : t('task.not_yet')],
      [t('col.because'), foreign(task.detail)],
      [t('col.cost'), cost(task.cost)],
      [t('col.client_ref'), task.client_ref],
      [t('col.tenant'), task.tenant],
      [t('col.style'), task.style],
      [t('col.generation'), task.generation > 1 ? t('task.replayed', {generation: task.generation, n: task.generation - 1}) : task.generation]),
    el('p', {}, el('a', {href: link('/letters', {task_id: task.task_id, state: 'any'})}, t('task.letters'))),
    task.ended_at ? null : el('div.actions', {}, el('button.grave', {type: 'button', click: () => cancelTask(task.task_id)}, t('task.cancel'))),
    timeline(task, began));
}

function search(id) {
  const input = el('input.mono', {id: 'task', name: 'task', required: true, value: id, autocomplete: 'off', spellcheck: 'false', placeholder: '0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f'});
  return el('form.bar', {role: 'search', submit: event => {
    event.preventDefault();
    location.hash = link(`/tasks/${encodeURIComponent(input.value.trim())}`);
  }}, el('label', {for: 'task'}, t('task.id')), input, el('button.primary', {type: 'submit'}, t('action.show')));
}

function timeline(task, began) {
  if (!task.events.length) return nothing(t('task.nothing'), t('task.nothing_why'));
  const ends = task.events.map(event => new Date(event.at).getTime() + (event.latency_ms ?? 0));
  const span = Math.max(1, Math.max(...ends) - began);
  return table(t('task.table'), [
    {title: t('col.after'), number: true, cell: event => el('span', {title: event.at}, millis(Math.max(0, new Date(event.at) - began)))},
    {title: t('col.what'), cell: event => what(event)},
    {title: t('col.stage'), cell: event => event.stage ? [event.stage, event.provider ? el('div.muted', {}, event.provider) : null] : null},
    {title: t('col.attempt'), number: true, cell: event => event.attempt ? [event.attempt, event.generation > 1 ? el('span.muted', {}, t('task.of_generation', {generation: event.generation})) : null] : null},
    {title: t('col.when'), drawn: true, class: 'graph', cell: event => bar(event, began, span)},
    {title: t('col.took'), number: true, cell: event => millis(event.latency_ms)},
    {title: t('col.phase'), cell: event => words(event.phase)},
    {title: t('col.answer'), cell: event => [event.status, event.provider_code].filter(Boolean).join(' ')},
    {title: t('col.request_id'), class: 'mono', cell: event => event.request_id},
    {title: t('col.billed'), cell: event => words(event.billed)},
    {title: t('col.cost'), number: true, cell: event => cost(event.cost)},
  ], task.events, {wide: true});
}

function what(event) {
  const failed = event.reason && event.kind !== 'accepted';
  const call = event.kind === 'call';
  const meaning = failed ? 'bad' : event.outcome === 'orphaned' || event.outcome === 'unknown' ? 'warn' : ['ended', 'delivered'].includes(event.kind) ? 'good' : 'plain';
  return [badge(event.kind, call && event.outcome && event.outcome !== 'succeeded' ? t('task.call', {outcome: words(event.outcome)}) : words(event.kind), meaning),
    event.hedge ? [' ', badge('hedge', words('hedge'))] : null,
    event.reason ? [' ', reasonCode(event.reason)] : null,
    event.detail ? el('div.detail', {}, foreign(event.detail)) : null];
}

/** When, within the whole life of the task. */
function bar(event, began, span) {
  const x = Math.max(0, (new Date(event.at) - began) / span * 100);
  const width = Math.max(0.8, (event.latency_ms ?? 0) / span * 100);
  return svg('svg.meter', {viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    svg('rect.rail', {y: 2.5, width: 100, height: 1}),
    svg(`rect.${event.reason ? 'bad' : 'calls'}`, {x: Math.min(x, 99.2), width, height: 6}));
}
