// What happens now: the stages from left to right, why calls fail, and the alerts.

import {el, fill, facts, link, table} from '../dom.js';
import {get, query} from '../api.js';
import {chart} from '../chart.js';
import {ago, cost, count, figure, millis, moment, plural, rate, seconds, share, timeOfDay, words} from '../format.js';
import {badge, meter, nothing, poll, title} from '../widgets.js';
import {cardControls, inForce, readControls} from '../controls.js';

const RANGES = [
  {name: '15 min', seconds: 900, step: '10s'},
  {name: '1 h', seconds: 3_600, step: '1m'},
  {name: '6 h', seconds: 21_600, step: '1m'},
];

const SERIES = [
  {name: 'calls', colour: '--chart-calls', fill: '--chart-calls-fill'},
  {name: 'failed', colour: '--bad', fill: '--chart-bad-fill'},
  {name: 'repeated', colour: '--warn'},
];

export async function livePage(place, {query: given, signal}) {
  const range = RANGES.find(one => one.name === given.range) ?? RANGES[0];
  const updated = el('span.muted.updated', {});
  title(place, 'Live', updated);
  const trouble = el('div');
  const alarms = el('div');
  const said = el('p.unseen', {'aria-live': 'polite'});
  const totals = el('div');
  const stages = el('ol.stages');
  const orders = el('section');
  const reasons = el('section');
  const alertList = el('section');
  place.append(trouble, said, alarms, totals, ranges(range), stages, orders, el('div.columns', {}, reasons, alertList));
  const cards = new Map();
  const past = el('section');
  place.append(past);
  let announced = null;

  await poll(signal, 2_000, trouble, async () => {
    const [live, controls] = await Promise.all([get('/v1/live', signal), readControls(signal)]);
    fill(updated, 'as of ', el('span.tabular', {}, timeOfDay(new Date(live.at))), `, figures of the last ${seconds(live.window_seconds)}`);
    fill(alarms, stale(live.stale_seconds), alarm(live.alerts, live.stale_seconds));
    // A screen reader hears of a change only, not of every new figure
    const names = firingNames(live.alerts);
    if (names !== announced) {
      fill(said, names ? `Alerts: ${names}` : 'No alert fires');
      announced = names;
      fill(past, el('h2', {}, 'Alerts that fired'), pastAlerts(await get('/v1/alerts/history?limit=20', signal)));
    }
    fill(totals, total(live.totals));
    for (const stage of live.stages) {
      if (!cards.has(stage.stage)) {
        cards.set(stage.stage, card(stage, signal));
        stages.append(cards.get(stage.stage).item);
      }
      cards.get(stage.stage).update(stage, controls);
    }
    fill(orders, inForce(controls));
    fill(reasons, el('h2', {}, `Why calls failed in the last ${seconds(live.window_seconds)}`), top(live.reasons, live.window_seconds));
    fill(alertList, el('h2', {}, 'Alerts'), alerts(live.alerts));
    await history(range, cards, signal);
  });
}

function ranges(current) {
  return el('div.bar', {},
    el('div.legend', {'aria-hidden': 'true'},
      el('span.key.calls', {}, 'calls'), el('span.key.bad', {}, 'failed'), el('span.key.warn', {}, 'repeated')),
    el('div.choice', {role: 'group', 'aria-label': 'How far back the charts go'}, RANGES.map(range =>
      el('a', {href: link('/live', {range: range.name}), 'aria-current': range === current ? 'true' : null}, range.name))));
}

/** From so old on, figures are not called live. */
const STALE_SECONDS = 15;

function stale(age) {
  if (age === null || age === undefined) return el('p.complaint', {}, 'How old these figures are is not known: Kafka does not answer.');
  return age >= STALE_SECONDS ? el('p.complaint', {}, `Live figures are ${seconds(age)} old: ops-service has not counted what was written since.`) : null;
}

const firingNames = list => list.filter(one => one.firing).map(one => one.title).join(', ');

function alarm(list, age) {
  const firing = list.filter(one => one.firing);
  const live = age !== null && age !== undefined && age < STALE_SECONDS;
  if (!firing.length && !live) return el('p.muted', {}, 'No alert fires by these figures.');
  if (!firing.length) return el('p.ok', {}, `OK: ${plural(list.length, 'alert is', 'alerts are')} checked, and none fires.`);
  return el('div.alarm', {}, el('h2', {}, plural(firing.length, 'alert')),
    el('ul', {}, firing.map(one => el('li', {}, el('b', {}, one.title), el('span.muted', {}, ` (${one.severity}) `), measure(one.value, one.unit),
      ' (limit ', measure(one.threshold, one.unit), ')', one.since ? [', since ', ago(one.since)] : null,
      el('div.detail', {}, one.detail), el('div.detail', {}, one.means, ' What to do: ', el('span.code', {}, `docs/operator/runbooks/${one.page}.md`))))));
}

const measure = (value, unit) => value === null || value === undefined ? 'none' : el('span.tabular', {}, [figure(value), unit].filter(Boolean).join(' '));

function total(totals) {
  return facts(
    ['Tasks begun', count(totals.tasks)],
    ['Tasks ended', count(totals.ended)],
    ['Succeeded', count(totals.succeeded)],
    ['Calls', count(totals.calls)],
    ['Calls per task', totals.amplification?.toFixed(2)],
    ['Repeated', share(totals.retry_share)],
    ['Time-outs', count(totals.timeouts)],
    ['Cost', cost(totals.cost)]);
}

/** What the work of a stage waits for, for people. */
const WAITS = {
  paused: 'somebody who resumes the stage',
  cool_down: 'the end of the cool-down of its provider',
  breaker: 'its provider, whose breaker is open',
  capacity: 'free places at its provider',
};

/** A stage: built once, then only its words change. */
function card(first, signal) {
  const drawn = chart({label: `Calls of ${first.stage} over time`, series: SERIES, group: 'live', height: 120, signal});
  const head = el('div.head', {});
  const body = el('div', {});
  const controls = cardControls(first.stage);
  return {
    stage: first.stage,
    drawn,
    item: el('li.card', {}, head, body, controls.element, drawn.figure),
    update(stage, given) {
      controls.update(stage, given);
      this.item.classList.toggle('trouble', stage.breaker === 'open');
      fill(head, el('h2', {}, stage.stage), marks(stage), providers(stage));
      fill(body,
        el('div.flight', {}, el('b', {}, count(stage.in_flight) ?? '–'),
          el('span', {}, stage.limit === null || stage.limit === undefined ? ' in flight, no limit' : ` of ${count(stage.limit)} in flight`)),
        stage.limit ? meter(stage.in_flight / stage.limit, 'calls') : meter(0),
        facts(
          ['Waits for', stage.waiting_for ? WAITS[stage.waiting_for] ?? words(stage.waiting_for) : null],
          ['Waiting', [count(stage.lag_net ?? stage.lag) ?? 'unknown', stage.retry_lag ? el('span.muted', {}, ` + ${count(stage.retry_lag)} later`) : null]],
          ['Rate', `${rate(stage.per_second)} /s`],
          ['Failed', stage.calls ? [share(stage.failures / stage.calls), el('span.muted', {}, ` of ${count(stage.calls)}`)] : 'no calls'],
          ['p50, p95', stage.p50_ms === null || stage.p50_ms === undefined ? null : `${millis(stage.p50_ms)}, ${millis(stage.p95_ms)}`]));
    },
  };
}

/** The stage's provider, or how each stands if there are several. */
function providers(stage) {
  const all = stage.providers ?? [];
  if (all.length < 2) return stage.provider ? el('div.muted', {}, stage.provider) : null;
  return el('ul.providers', {}, all.map(one => el('li.muted', {}, one.provider, ': ',
    one.off ? 'switched off' : one.cool_down_until ? ['closed until ', moment(one.cool_down_until)]
      : one.breaker && one.breaker !== 'closed' ? (one.breaker === 'open' ? 'breaker open' : 'breaker probing')
        : `up to ${count(one.limit)} calls`)));
}

function marks(stage) {
  return el('div.marks', {},
    stage.paused ? badge('paused') : null,
    stage.cool_down_until ? el('span.badge.warn', {}, 'closed until ', moment(stage.cool_down_until)) : null,
    stage.breaker === 'open' ? badge('open', 'breaker open', 'bad')
      : stage.breaker === 'half_open' ? badge('half_open', 'breaker probing', 'warn')
        : stage.breaker === 'closed' ? badge('closed', 'breaker closed', 'plain') : null);
}

async function history(range, cards, signal) {
  const to = new Date();
  const series = await get(query('/v1/live/series',
    {from: new Date(to - range.seconds * 1_000).toISOString(), to: to.toISOString(), step: range.step}), signal);
  const step = series.step_seconds;
  const begin = Math.ceil((to / 1_000 - range.seconds) / step) * step;
  const bins = Math.max(1, Math.floor((to / 1_000 - begin) / step) + 1);
  const times = Array.from({length: bins}, (_, index) => begin + index * step);
  for (const one of cards.values()) {
    const data = [times, ...SERIES.map(() => new Array(bins).fill(0))];
    let calls = 0;
    let failures = 0;
    for (const point of series.points) {
      const bin = Math.round((new Date(point.at) / 1_000 - begin) / step);
      if (point.stage !== one.stage || bin < 0 || bin >= bins) continue;
      data[1][bin] += point.calls;
      data[2][bin] += point.failures;
      data[3][bin] += point.retries;
      calls += point.calls;
      failures += point.failures;
    }
    one.drawn.update(data, calls ? `${plural(calls, 'call')} in ${range.name}, ${share(failures / calls)} failed` : `no calls in ${range.name}`);
  }
}

function top(list, window) {
  if (!list.length) return nothing(`No call has failed in the last ${seconds(window)}.`);
  return table('Reasons of failed calls, the most frequent first', [
    {title: 'Reason', cell: row => el('a.code', {href: link('/letters', {stage: row.stage, reason: row.reason}), 'data-key': `${row.stage} ${row.reason}`}, row.reason)},
    {title: 'Stage', cell: row => row.stage},
    {title: 'Calls', number: true, cell: row => count(row.count)},
    {title: 'Share', number: true, cell: row => share(row.share)},
    {title: 'Share, drawn', drawn: true, class: 'graph', cell: row => meter(row.share, 'bad')},
  ], list, {keep: true});
}

function alerts(list) {
  if (!list.length) return nothing('There is no alert.');
  return table('Alerts and their limits', [
    {title: 'What', cell: row => row.title},
    {title: 'Now', number: true, cell: row => measure(row.value, row.unit)},
    {title: 'Limit', number: true, cell: row => measure(row.threshold, row.unit)},
    {title: 'State', cell: row => row.firing ? badge('firing', 'alert', 'bad') : badge('ok', 'OK', 'plain')},
  ], list, {keep: true});
}

function pastAlerts({alerts: list}) {
  if (!list.length) return nothing('No alert has fired yet.');
  return table('Alerts that fired, the newest first', [
    {title: 'Fired', cell: row => moment(row.fired_at)},
    {title: 'What', cell: row => words(row.name)},
    {title: 'Lasted', cell: row => row.ended_at ? seconds((new Date(row.ended_at) - new Date(row.fired_at)) / 1_000) : badge('firing', 'fires', 'bad')},
    {title: 'Value', number: true, cell: row => measure(row.value, row.unit)},
    {title: 'Detail', class: 'prose', cell: row => row.detail},
    {title: 'Notified', class: 'prose', cell: row => row.notifications.map(notified)},
  ], list);
}

const NOTIFIED = {sent: 'plain', waiting: 'warn', given_up: 'bad'};

const notified = one => el('div', {}, `${one.receiver}, ${one.event === 'fired' ? 'began' : 'ended'}: `, badge(one.state, words(one.state), NOTIFIED[one.state]),
  one.trouble && one.state !== 'sent' ? el('div.detail', {}, one.trouble) : null);
