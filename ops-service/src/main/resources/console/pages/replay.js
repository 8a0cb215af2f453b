// Before a replay: what it would do.

import {add, el, fill, facts, link, table} from '../dom.js';
import {get, post} from '../api.js';
import {count, micros, moment, rate, seconds} from '../format.js';
import {t, word} from '../texts.js';
import {complaint, during, filterWords, meter, nothing, parts, title, whoAndWhy} from '../widgets.js';

export async function replayPage(place, {query, signal}) {
  const {from_stage: fromStage, ...given} = query;
  const filter = Object.keys(given).length ? given : {state: 'open'};
  const what = {filter, ...(fromStage && {from_stage: fromStage})};
  title(place, t('dry_run.title'));
  add(place, el('p', {}, t(fromStage ? 'dry_run.of_photo' : 'dry_run.of', {filter: el('b', {}, filterWords(given))}), ' ', el('a', {href: link('/letters', given)}, t('dry_run.look')), ' ',
    fromStage ? el('a', {href: link('/replay', given)}, t('dry_run.from_stage')) : el('a', {href: link('/replay', {...given, from_stage: 'detect'})}, t('dry_run.from_photo'))));
  await planned(place, () => post('/v1/replays/dry-run', {...what, per_second: DEFAULT_RATE}, signal), signal);
}

/** A dry run that was given a name: what it would do now. */
export async function planPage(place, {parts: [id], signal}) {
  title(place, t('dry_run.kept'));
  await planned(place, () => get(`/v1/replays/plans/${encodeURIComponent(id)}?per_second=${DEFAULT_RATE}`, signal), signal);
}

const DEFAULT_RATE = 20;

/** The forecast of a snapshot, and the form that sends exactly it. */
async function planned(place, first, signal) {
  const forecast = el('div', {'aria-live': 'polite'});
  const speed = el('input', {id: 'speed', name: 'speed', type: 'number', min: 1, max: 10_000, required: true, value: DEFAULT_RATE});
  const name = el('input', {id: 'plan-name', name: 'name', maxlength: 100, autocomplete: 'off', placeholder: t('dry_run.name_example')});
  const starts = el('input', {id: 'starts', name: 'starts', type: 'datetime-local'});
  const deadline = el('input', {id: 'deadline', name: 'deadline', type: 'number', min: 1, max: 720, placeholder: t('dry_run.as_configured')});
  const stop = el('input', {id: 'stop', name: 'stop', type: 'number', min: 1, max: 99, placeholder: t('dry_run.never')});
  const trouble = el('div');
  const submit = el('button.primary', {type: 'submit', disabled: true}, t('dry_run.replay'));
  const keep = el('button', {type: 'button', click: () => {
    if (!name.value) {
      name.closest('details').open = true;
      name.focus();
      return;
    }
    during(keep, trouble, async () => {
      await post(`/v1/replays/plans/${plan.id}/keep`, {name: name.value});
      if (!signal.aborted) location.hash = link(`/plans/${plan.id}`);
    });
  }}, t('dry_run.keep'));
  const action = whoAndWhy(t('dry_run.example'));
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
    submit.textContent = replayed ? t('dry_run.submit', {n: replayed, rate: Number(speed.value)}) : t('dry_run.nothing');
  };
  speed.addEventListener('input', () => ask(() => plan
    ? get(`/v1/replays/plans/${plan.id}?per_second=${Number(speed.value)}`, signal) : first()));

  const field = (label, input, hint) => el('div.field', {}, el('label', {for: input.id}, label), input, hint ? el('p.hint', {}, hint) : null);
  add(place, forecast, el('form.panel', {submit: event => {
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
  el('h2', {}, t('dry_run.replay_them')),
  field(t('dry_run.speed'), speed, t('dry_run.speed_hint')),
  el('details', {}, el('summary', {}, t('dry_run.more')),
    field(t('dry_run.name'), name),
    field(t('dry_run.begin'), starts, t('dry_run.begin_hint')),
    field(t('dry_run.deadline'), deadline),
    field(t('dry_run.stop'), stop, t('dry_run.stop_hint'))),
  action.fields, trouble, el('div.actions', {}, submit, keep)));
  await ask(first);
}

function forecastOf(found, perSecond) {
  if (!found.letters) return nothing(t('dry_run.none'), el('a', {href: '#/letters'}, t('dry_run.back')));
  const skipped = found.letters - found.replayed;
  const rates = Object.entries(found.calls_per_second);
  const oldest = Math.max(1, ...Object.values(found.ages));
  const priced = found.cost_micros === undefined ? t('dry_run.no_price') : [micros(found.cost_micros),
    found.unpriced.length ? el('span.muted', {}, t('dry_run.unpriced', {providers: found.unpriced.join(t('app.and'))})) : null];
  return [
    parts([{name: t('dry_run.would_replay'), value: found.replayed, meaning: 'busy'}, {name: t('dry_run.would_skip'), value: skipped, meaning: 'plain'}]),
    facts(
      [t('dry_run.takes'), found.replayed ? [seconds(found.drain_seconds), found.unmeasured.length ? el('span.muted', {}, t('dry_run.unmeasured', {stages: found.unmeasured.join(t('app.and'))})) : null] : null],
      [t('dry_run.costs'), found.replayed ? priced : null],
      [t('dry_run.at'), t('dry_run.a_second', {n: perSecond})],
      [t('dry_run.can_do'), rates.length ? rates.map(([stage, value]) => `${stage} ${rate(value)}`).join(t('app.comma')) : t('dry_run.no_call')],
      [t('dry_run.seen'), moment(found.plan.created_at)],
      [t('col.name'), found.plan.name]),
    el('div.columns', {},
      found.replayed ? table(t('dry_run.ages'), [
        {title: t('col.age'), cell: ([age]) => word(age, 'age')},
        {title: t('col.letters'), number: true, cell: ([, letters]) => count(letters)},
        {title: t('col.letters_drawn'), drawn: true, class: 'graph', cell: ([, letters]) => meter(letters / oldest, 'busy')},
      ], Object.entries(found.ages), {titled: true, keep: true}) : null,
      skipped ? table(t('dry_run.skipped'), [
        {title: t('col.why'), class: 'prose', cell: ([why]) => skippedWords(why)},
        {title: t('col.letters'), number: true, cell: ([, letters]) => count(letters)},
      ], Object.entries(found.skipped), {titled: true, keep: true}) : null),
  ];
}

export const skippedWords = why => word(why, 'skipped');
