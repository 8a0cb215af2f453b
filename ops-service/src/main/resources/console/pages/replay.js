// Before a replay: what it would do.

import {el, fill, facts, link, table} from '../dom.js';
import {get, post} from '../api.js';
import {count, micros, moment, plural, rate, seconds, words} from '../format.js';
import {complaint, during, filterWords, meter, nothing, parts, title, whoAndWhy} from '../widgets.js';

const SKIPPED = {
  cancelled: 'the front end has cancelled the task',
  succeeded: 'the task has succeeded in the meantime',
  under_way: 'the task is under way',
  replay_cap: 'the task was replayed as often as is allowed',
  expired: 'the picture is gone at the provider',
  superseded: 'the task has a newer dead letter',
  undecodable: 'its bytes are no event: edit it',
  no_task: 'the database does not know the task',
  nobody_to_tell: 'the task has no callback',
  not_open: 'it is not open any more',
  erased: 'the front end has deleted the task',
  cancellation_stands: 'the stages still hold its cancellation: wait until its old deadline has passed',
  unpublishable: 'its bytes cannot be sent: edit it, or begin with the photo',
  aborted: 'the replay was aborted before',
};

const AGES = {'1h': 'under 1 hour', '6h': '1 to 6 hours', '1d': '6 to 24 hours', '7d': '1 to 7 days', older: 'older than 7 days'};

export async function replayPage(place, {query, signal}) {
  const {from_stage: fromStage, ...given} = query;
  const filter = Object.keys(given).length ? given : {state: 'open'};
  const what = {filter, ...(fromStage && {from_stage: fromStage})};
  title(place, 'Replay: dry run');
  place.append(el('p', {}, 'Of ', el('b', {}, filterWords(given)), fromStage ? ', from the photo on' : '', '. Nothing has been sent yet. ', el('a', {href: link('/letters', given)}, 'Look at these dead letters'), ' ',
    fromStage ? el('a', {href: link('/replay', given)}, 'Begin at the stage that gave up instead') : el('a', {href: link('/replay', {...given, from_stage: 'detect'})}, 'Begin with the photo instead')));
  await planned(place, () => post('/v1/replays/dry-run', {...what, per_second: DEFAULT_RATE}, signal), signal);
}

/** A dry run that was given a name: what it would do now. */
export async function planPage(place, {parts: [id], signal}) {
  title(place, 'Replay: kept dry run');
  await planned(place, () => get(`/v1/replays/plans/${encodeURIComponent(id)}?per_second=${DEFAULT_RATE}`, signal), signal);
}

const DEFAULT_RATE = 20;

/** The forecast of a snapshot, and the form that sends exactly it. */
async function planned(place, first, signal) {
  const forecast = el('div', {'aria-live': 'polite'});
  const speed = el('input', {id: 'speed', name: 'speed', type: 'number', min: 1, max: 10_000, required: true, value: DEFAULT_RATE});
  const name = el('input', {id: 'plan-name', name: 'name', maxlength: 100, autocomplete: 'off', placeholder: 'after the outage of Monday'});
  const starts = el('input', {id: 'starts', name: 'starts', type: 'datetime-local'});
  const deadline = el('input', {id: 'deadline', name: 'deadline', type: 'number', min: 1, max: 720, placeholder: 'as configured'});
  const stop = el('input', {id: 'stop', name: 'stop', type: 'number', min: 1, max: 99, placeholder: 'never'});
  const trouble = el('div');
  const submit = el('button.primary', {type: 'submit', disabled: true}, 'Replay');
  const keep = el('button', {type: 'button', click: () => {
    if (!name.value) {
      name.closest('details').open = true;
      name.focus();
      return;
    }
    during(keep, trouble, async () => {
      await post(`/v1/replays/plans/${plan.id}/keep`, {name: name.value}, signal);
      location.hash = link(`/plans/${plan.id}`);
    });
  }}, 'Keep this dry run');
  const action = whoAndWhy('The provider is back since 14:00.');
  let plan = null;
  let replayed = 0;

  let asked = 0;
  const ask = async work => {
    if (!speed.checkValidity()) return;
    const number = ++asked;
    try {
      const found = await work();
      if (number !== asked) return;
      plan = found.plan;
      replayed = found.replayed;
      fill(forecast, forecastOf(found, Number(speed.value)));
    } catch (failure) {
      if (signal.aborted || number !== asked) return;
      replayed = 0;
      fill(forecast, complaint(failure));
    }
    submit.disabled = replayed === 0;
    submit.textContent = replayed ? `Replay ${plural(replayed, 'dead letter')} at ${speed.value} a second` : 'Nothing to replay';
  };
  speed.addEventListener('input', () => ask(() => plan
    ? get(`/v1/replays/plans/${plan.id}?per_second=${Number(speed.value)}`, signal) : first()));

  const field = (label, input, hint) => el('div.field', {}, el('label', {for: input.id}, label), input, hint ? el('p.hint', {}, hint) : null);
  place.append(forecast, el('form.panel', {submit: event => {
    event.preventDefault();
    during(submit, trouble, async () => {
      const replay = await post('/v1/replays', {
        plan: plan.id,
        per_second: Number(speed.value),
        ...(name.value && {name: name.value}),
        ...(starts.value && {starts_at: new Date(starts.value).toISOString()}),
        ...(deadline.value && {deadline_seconds: Number(deadline.value) * 3_600}),
        ...(stop.value && {stop_percent: Number(stop.value)}),
        ...action.body(),
      });
      location.hash = link(`/replays/${replay.id}`);
    });
  }},
  el('h2', {}, 'Replay them'),
  field('Dead letters a second, at most', speed, 'They go in as bulk work: live tasks go first.'),
  el('details', {}, el('summary', {}, 'Name, time, deadline, and when to stop'),
    field('Name of the replay', name),
    field('Begin at', starts, 'At once if it is empty. Until then, no other replay takes these dead letters.'),
    field('Hours that each task may take', deadline),
    field('Pause when more than this many in a hundred fail', stop, 'Twenty results or more are needed.')),
  action.fields, trouble, el('div.actions', {}, submit, keep)));
  await ask(first);
}

function forecastOf(found, perSecond) {
  if (!found.letters) return nothing('No dead letter is like that any more.', el('a', {href: '#/letters'}, 'Back to the open ones'));
  const skipped = found.letters - found.replayed;
  const rates = Object.entries(found.calls_per_second);
  const oldest = Math.max(1, ...Object.values(found.ages));
  const priced = found.cost_micros === undefined ? 'unknown: no price is set' : [micros(found.cost_micros),
    found.unpriced.length ? el('span.muted', {}, ` and what ${found.unpriced.join(' and ')} costs, which has no price`) : null];
  return [
    parts([{name: 'would be replayed', value: found.replayed, meaning: 'busy'}, {name: 'would be skipped', value: skipped, meaning: 'plain'}]),
    facts(
      ['Takes about', found.replayed ? [seconds(found.drain_seconds), found.unmeasured.length ? el('span.muted', {}, ` or more: nobody knows what ${found.unmeasured.join(' and ')} can do`) : null] : null],
      ['Costs about', found.replayed ? priced : null],
      ['At', `${count(perSecond)} a second`],
      ['What the stages can do, a second', rates.length ? rates.map(([stage, value]) => `${stage} ${rate(value)}`).join(', ') : 'no call for a day'],
      ['Seen', moment(found.plan.created_at)],
      ['Name', found.plan.name]),
    el('div.columns', {},
      found.replayed ? table('How old those to replay are', [
        {title: 'Age', cell: ([age]) => AGES[age] ?? age},
        {title: 'Dead letters', number: true, cell: ([, letters]) => count(letters)},
        {title: 'Dead letters, drawn', drawn: true, class: 'graph', cell: ([, letters]) => meter(letters / oldest, 'busy')},
      ], Object.entries(found.ages), {titled: true, keep: true}) : null,
      skipped ? table('Why the others are skipped', [
        {title: 'Why', class: 'prose', cell: ([why]) => SKIPPED[why] ?? words(why)},
        {title: 'Dead letters', number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(found.skipped), {titled: true, keep: true}) : null),
  ];
}

export const skippedWords = why => SKIPPED[why] ?? words(why);
