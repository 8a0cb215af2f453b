// Before a replay: what it would do.

import {el, fill, facts, link, table} from '../dom.js';
import {post} from '../api.js';
import {count, micros, plural, rate, seconds, words} from '../format.js';
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
};

const AGES = {'1h': 'under 1 hour', '6h': '1 to 6 hours', '1d': '6 to 24 hours', '7d': '1 to 7 days', older: 'older than 7 days'};

export async function replayPage(place, {query, signal}) {
  const filter = Object.keys(query).length ? query : {state: 'open'};
  title(place, 'Replay: dry run');
  place.append(el('p', {}, 'Of ', el('b', {}, filterWords(query)), '. Nothing has been sent yet. ', el('a', {href: link('/letters', query)}, 'Look at these dead letters')));
  const forecast = el('div', {'aria-live': 'polite'});
  const speed = el('input', {id: 'speed', name: 'speed', type: 'number', min: 1, max: 10_000, required: true, value: 20});
  const trouble = el('div');
  const submit = el('button.primary', {type: 'submit', disabled: true}, 'Replay');
  const action = whoAndWhy('The provider is back since 14:00.');
  let replayed = 0;

  let asked = 0;
  const ask = async () => {
    if (!speed.checkValidity()) return;
    const number = ++asked;
    try {
      const found = await post('/v1/replays/dry-run', {filter, per_second: Number(speed.value)}, signal);
      if (number !== asked) return;
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
  speed.addEventListener('input', ask);

  place.append(forecast, el('form.panel', {submit: event => {
    event.preventDefault();
    during(submit, trouble, async () => {
      const replay = await post('/v1/replays', {filter, per_second: Number(speed.value), ...action.body()});
      location.hash = link(`/replays/${replay.id}`);
    });
  }},
  el('h2', {}, 'Replay them'),
  el('div.field', {}, el('label', {for: 'speed'}, 'Dead letters a second, at most'), speed,
    el('p.hint', {}, 'They go in as bulk work: live tasks go first.')),
  action.fields, trouble, el('div.actions', {}, submit)));
  await ask();
}

function forecastOf(found, perSecond) {
  if (!found.letters) return nothing('No dead letter is like that any more.', el('a', {href: '#/letters'}, 'Back to the open ones'));
  const skipped = found.letters - found.replayed;
  const rates = Object.entries(found.calls_per_second);
  const oldest = Math.max(1, ...Object.values(found.ages));
  return [
    parts([{name: 'would be replayed', value: found.replayed, meaning: 'busy'}, {name: 'would be skipped', value: skipped, meaning: 'plain'}]),
    facts(
      ['Takes about', found.replayed ? seconds(found.drain_seconds) : null],
      ['Costs about', micros(found.cost_micros)],
      ['At', `${count(perSecond)} a second`],
      ['Successes a second just now', rates.length ? rates.map(([stage, value]) => `${stage} ${rate(value)}`).join(', ') : 'no call in the last 15 minutes']),
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
