// The timeline of one task: every attempt, and what became of it.

import {el, facts, link, svg, table} from '../dom.js';
import {get} from '../api.js';
import {cost, millis, moment, plural, seconds, words} from '../format.js';
import {badge, complaint, nothing, title} from '../widgets.js';
import {cancelTask} from '../controls.js';

/** The kinds of event whose name in the API is not a word for people. */
const KINDS = {letter: 'dead letter'};

/** Why a task waits, for people. */
const WAITS = {
  start: 'its time to start',
  fairness: 'its turn: the stages have enough work, and its tenant has its share there',
  budget: 'money: its tenant has spent what it may spend in a day',
  retry: 'its next attempt',
  paused: 'its stage, which is paused',
  cool_down: 'its provider, which cools down',
  breaker: 'its provider, whose breaker is open',
  capacity: 'a free place at its provider',
};

export async function taskPage(place, {parts: [id], signal}) {
  title(place, 'Task');
  place.append(search(id ?? ''));
  if (!id) {
    place.append(nothing('Which task?', 'Enter its id: the one that the front end got when it submitted the photo.'));
    return;
  }
  let task;
  try {
    task = await get(`/v1/tasks/${encodeURIComponent(id)}/timeline`, signal);
  } catch (failure) {
    place.append(complaint(failure));
    return;
  }
  const began = new Date(task.submitted_at);
  place.append(
    el('h2.mono.wrap', {}, task.task_id),
    facts(
      ['State', [badge(task.state), task.reason ? [' ', el('span.code', {}, task.reason)] : null]],
      ['Waits for', task.waiting_for ? WAITS[task.waiting_for] ?? words(task.waiting_for) : null],
      ['Submitted', moment(task.submitted_at)],
      ['Ended', task.ended_at ? [moment(task.ended_at), el('span.muted', {}, ` after ${seconds((new Date(task.ended_at) - began) / 1_000)}`)] : 'not yet'],
      ['Front end notified', task.delivered_at ? moment(task.delivered_at) : 'not yet'],
      ['Because', task.detail],
      ['Cost', cost(task.cost)],
      ['Client reference', task.client_ref],
      ['Tenant', task.tenant],
      ['Style', task.style],
      ['Generation', task.generation > 1 ? `${task.generation} (replayed ${plural(task.generation - 1, 'time')})` : task.generation]),
    el('p', {}, el('a', {href: link('/letters', {task_id: task.task_id, state: 'any'})}, 'Its dead letters')),
    task.ended_at ? null : el('div.actions', {}, el('button.grave', {type: 'button', click: () => cancelTask(task.task_id)}, 'Cancel this task…')),
    timeline(task, began));
}

function search(id) {
  const input = el('input.mono', {id: 'task', name: 'task', required: true, value: id, autocomplete: 'off', spellcheck: 'false', placeholder: '0199f1c4-8a6b-7c3d-9e2f-1a2b3c4d5e6f'});
  return el('form.bar', {role: 'search', submit: event => {
    event.preventDefault();
    location.hash = link(`/tasks/${encodeURIComponent(input.value.trim())}`);
  }}, el('label', {for: 'task'}, 'Task id'), input, el('button.primary', {type: 'submit'}, 'Show'));
}

function timeline(task, began) {
  if (!task.events.length) return nothing('Nothing is known of it yet.', 'What happens to a task is seen here within some seconds.');
  const ends = task.events.map(event => new Date(event.at).getTime() + (event.latency_ms ?? 0));
  const span = Math.max(1, Math.max(...ends) - began);
  return table('Timeline, the oldest first', [
    {title: 'After', number: true, cell: event => el('span', {title: event.at}, millis(Math.max(0, new Date(event.at) - began)))},
    {title: 'What', cell: event => what(event)},
    {title: 'Stage', cell: event => event.stage ? [event.stage, event.provider ? el('div.muted', {}, event.provider) : null] : null},
    {title: 'Attempt', number: true, cell: event => event.attempt ? [event.attempt, event.generation > 1 ? el('span.muted', {}, ` of gen. ${event.generation}`) : null] : null},
    {title: 'When', drawn: true, class: 'graph', cell: event => bar(event, began, span)},
    {title: 'Took', number: true, cell: event => millis(event.latency_ms)},
    {title: 'Phase', cell: event => words(event.phase)},
    {title: 'Answer', cell: event => [event.status, event.provider_code].filter(Boolean).join(' ')},
    {title: 'Request id', class: 'mono', cell: event => event.request_id},
    {title: 'Billed', cell: event => event.billed},
    {title: 'Cost', number: true, cell: event => cost(event.cost)},
  ], task.events, {wide: true});
}

function what(event) {
  const failed = event.reason && event.kind !== 'accepted';
  const call = event.kind === 'call';
  const meaning = failed ? 'bad' : event.outcome === 'orphaned' || event.outcome === 'unknown' ? 'warn' : ['ended', 'delivered'].includes(event.kind) ? 'good' : 'plain';
  return [badge(event.kind, call && event.outcome && event.outcome !== 'succeeded' ? `call ${event.outcome}` : KINDS[event.kind] ?? words(event.kind), meaning),
    event.reason ? [' ', el('span.code', {}, event.reason)] : null,
    event.detail ? el('div.detail', {}, event.detail) : null];
}

/** When, within the whole life of the task. */
function bar(event, began, span) {
  const x = Math.max(0, (new Date(event.at) - began) / span * 100);
  const width = Math.max(0.8, (event.latency_ms ?? 0) / span * 100);
  return svg('svg.meter', {viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    svg('rect.rail', {y: 2.5, width: 100, height: 1}),
    svg(`rect.${event.reason ? 'bad' : 'calls'}`, {x: Math.min(x, 99.2), width, height: 6}));
}
