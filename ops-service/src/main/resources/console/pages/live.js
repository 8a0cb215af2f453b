// What happens now: the stages from left to right, why calls fail, and the alerts. All figures of the page are of one period.

import {add, el, fill, facts, link, table} from '../dom.js';
import {get, query} from '../api.js';
import {chart} from '../chart.js';
import {ago, cost, count, figure, millis, moment, rate, ratio, seconds, share, timeOfDay, words} from '../format.js';
import {language, t, word} from '../texts.js';
import {badge, foreign, meter, nothing, poll, title} from '../widgets.js';
import {canaries} from '../canaries.js';
import {cardControls, controlWords, inForce, readControls} from '../controls.js';

const RANGES = [
  {name: '15m', seconds: 900, step: '10s'},
  {name: '1h', seconds: 3_600, step: '1m'},
  {name: '6h', seconds: 21_600, step: '1m'},
];

const SERIES = [
  {name: t('live.calls'), colour: '--chart-calls', fill: '--chart-calls-fill'},
  {name: t('live.failed'), colour: '--bad', fill: '--chart-bad-fill'},
  {name: t('live.repeated'), colour: '--warn', dash: [4, 3]},
];

export async function livePage(place, {query: given, signal}) {
  const range = RANGES.find(one => one.name === given.range) ?? RANGES[0];
  const updated = el('span.muted.updated', {});
  title(place, t('live.title'), updated);
  const trouble = el('div');
  const alarms = el('div');
  const said = el('p.unseen', {'aria-live': 'polite'});
  const totals = el('div');
  const stages = el('ol.stages');
  const orders = el('section');
  const trials = el('section');
  const reasons = el('section');
  const alertList = el('section');
  add(place, trouble, said, alarms, totals, ranges(range), stages, orders, trials, el('div.columns', {}, reasons, alertList));
  const cards = new Map();
  const past = el('section');
  add(place, past);
  const changes = changesOf(signal);
  let announced = null;

  await poll(signal, 2_000, trouble, async () => {
    const [live, controls, trial] = await Promise.all([
      get(query('/v1/live', {window: range.name, lang: language}), signal), readControls(signal), get('/v1/canaries', signal)]);
    const of = period(live);
    fill(updated, t('live.as_of', {time: el('span.tabular', {}, timeOfDay(new Date(live.at))), length: seconds(live.window_seconds)}));
    fill(alarms, stale(live.stale_seconds), alarm(live.alerts, live.stale_seconds));
    // A screen reader hears of a change only, not of every new figure
    const names = firingNames(live.alerts);
    if (names !== announced) {
      fill(said, names ? t('live.announce', {names}) : t('live.announce_none'));
      announced = names;
      fill(past, el('h2', {}, t('live.past')), pastAlerts(await get(query('/v1/alerts/history', {limit: 20, lang: language}), signal)));
    }
    fill(totals, total(live.totals, of));
    for (const stage of live.stages) {
      if (!cards.has(stage.stage)) {
        cards.set(stage.stage, card(stage, signal));
        stages.append(cards.get(stage.stage).item);
      }
      cards.get(stage.stage).update(stage, controls, of);
    }
    fill(orders, inForce(controls));
    fill(trials, canaries(trial.canaries));
    fill(reasons, el('h2', {}, t('live.why', {length: seconds(live.window_seconds)})), top(live.reasons, live.window_seconds, of));
    fill(alertList, el('h2', {}, t('live.alerts')), alerts(live.alerts));
    await history(range, cards, await changes(controls), signal);
  });
}

/** The period of the page's figures, as parameters of a link to what is counted in it. */
const period = live => ({from: new Date(new Date(live.at) - live.window_seconds * 1_000).toISOString(), to: live.at});

/** A number as a link to what it counts. */
const linked = (number, path, parameters, key) => number === null ? null : el('a.counted', {href: link(path, parameters), 'data-key': key}, number);

function ranges(current) {
  return el('div.bar', {},
    el('div.legend', {'aria-hidden': 'true'},
      el('span.key.calls', {}, t('live.calls')), el('span.key.bad', {}, t('live.failed')), el('span.key.warn.dashed', {}, t('live.repeated')),
      el('span.key.change', {}, t('live.change'))),
    el('div.choice', {role: 'group', 'aria-label': t('live.range')}, RANGES.map(range =>
      el('a', {href: link('/live', {range: range.name}), 'aria-current': range === current ? 'true' : null}, seconds(range.seconds)))));
}

/** From so old on, figures are not called live. */
const STALE_SECONDS = 15;

function stale(age) {
  if (age === null || age === undefined) return el('p.complaint', {}, t('live.age_unknown'));
  return age >= STALE_SECONDS ? el('p.complaint', {}, t('live.stale', {length: seconds(age)})) : null;
}

const firingNames = list => list.filter(one => one.firing).map(one => one.title).join(t('app.comma'));

function alarm(list, age) {
  const firing = list.filter(one => one.firing);
  const live = age !== null && age !== undefined && age < STALE_SECONDS;
  if (!firing.length && !live) return el('p.muted', {}, t('live.none_by_these'));
  if (!firing.length) return el('p.ok', {}, t('live.ok', {n: list.length}));
  return el('div.alarm', {}, el('h2', {}, t('live.firing', {n: firing.length})),
    el('ul', {}, firing.map(one => el('li', {}, el('b', {}, one.title), el('span.muted', {}, t('live.severity', {severity: words(one.severity)})),
      t('live.measure', {value: measure(one.value, one.unit), limit: measure(one.threshold, one.unit)}), one.since ? t('live.since', {ago: ago(one.since)}) : null,
      el('div.detail', {}, one.detail), el('div.detail', {}, one.means, ' ', t('live.what_to_do', {page: el('span.code', {}, `docs/operator/runbooks/${one.page}.md`)}))))));
}

const measure = (value, unit) => value === null || value === undefined ? t('live.none')
  : el('span.tabular', {}, unit === '%' || unit === 'x' ? `${figure(value)} ${unit === 'x' ? '×' : unit}` : [figure(value), unit ? word(unit.replaceAll(' ', '_'), 'unit') : null].filter(Boolean).join(' '));

function total(totals, of) {
  const report = (number, key) => linked(number, '/report', of, `total ${key}`);
  return facts(
    [t('live.begun'), report(count(totals.tasks), 'begun')],
    [t('live.ended'), report(count(totals.ended), 'ended')],
    [t('live.succeeded'), report(count(totals.succeeded), 'succeeded')],
    [t('live.all_calls'), report(count(totals.calls), 'calls')],
    [t('live.amplification'), report(ratio(totals.amplification), 'amplification')],
    [t('live.retries'), report(share(totals.retry_share), 'retries')],
    [t('live.timeouts'), report(count(totals.timeouts), 'timeouts')],
    [t('live.cost'), report(cost(totals.cost), 'cost')]);
}

/** A stage: built once, then only its words change. */
function card(first, signal) {
  const drawn = chart({label: t('live.chart', {stage: first.stage}), series: SERIES, group: 'live', height: 120, signal});
  const head = el('div.head', {});
  const body = el('div', {});
  const shared = el('div', {});
  const shares = el('details', {hidden: true}, el('summary', {}, t('live.shares', {provider: first.provider ?? first.stage})), shared);
  const controls = cardControls(first.stage);
  return {
    stage: first.stage,
    provider: first.provider,
    drawn,
    item: el('li.card', {}, head, body, shares, controls.element, drawn.figure),
    update(stage, given, of) {
      this.provider = stage.provider;
      controls.update(stage, given);
      this.item.classList.toggle('trouble', stage.breaker === 'open');
      shares.hidden = !stage.shares?.length;
      fill(shared, (stage.shares ?? []).map(of => sharing(stage, of)));
      const letters = {stage: stage.stage, state: 'any', ...of};
      fill(head, el('h2', {}, stage.stage), marks(stage), providers(stage));
      fill(body,
        el('div.flight', {}, stage.limit === null || stage.limit === undefined
          ? t('live.in_flight', {now: el('b', {}, count(stage.in_flight) ?? '–')})
          : t('live.in_flight_of', {now: el('b', {}, count(stage.in_flight) ?? '–'), limit: count(stage.limit)})),
        stage.limit ? meter(stage.in_flight / stage.limit, 'calls') : meter(0),
        facts(
          [t('live.waits_for'), word(stage.waiting_for, 'waits')],
          [t('live.waiting'), [count(stage.lag_net ?? stage.lag) ?? t('live.unknown'), stage.retry_lag ? el('span.muted', {}, t('live.later', {n: stage.retry_lag})) : null]],
          [t('live.rate'), t('live.per_second', {rate: rate(stage.per_second)})],
          [t('live.failed_share'), stage.calls ? [linked(share(stage.failures / stage.calls), '/letters', letters, `failed ${stage.stage}`), el('span.muted', {}, ' ', t('live.of', {n: stage.calls}))] : t('live.no_calls')],
          [t('live.latency'), stage.p50_ms === null || stage.p50_ms === undefined ? null : el('span', {title: t('live.latency_of')}, `${millis(stage.p50_ms)}, ${millis(stage.p95_ms)}`)]));
    },
  };
}

/** What each process and each tenant of a stage has and wants of a provider. */
function sharing(stage, of) {
  return el('div', {},
    of.rate === null || of.rate === undefined ? null : el('p.muted', {}, t('live.shares_rate', {rate: figure(of.rate)})),
    table(t('live.processes_table', {provider: of.provider}), [
      {title: t('live.process'), cell: one => one.controller ? t('live.controller', {process: one.process}) : one.process},
      {title: t('live.limit_share'), number: true, cell: one => count(one.share)},
      {title: t('live.in_flight_column'), number: true, cell: one => count(one.in_flight)},
      {title: t('live.ghosts'), number: true, cell: one => count(one.ghosts)},
      {title: t('live.wanted'), number: true, cell: one => count(one.wanted)},
    ], of.processes, {keep: true}),
    of.tenants.length ? table(t('live.tenants_table', {stage: stage.stage}), [
      {title: t('col.tenant'), cell: one => one.tenant},
      {title: t('live.limit_share'), number: true, cell: one => share(one.share)},
      {title: t('live.in_flight_column'), number: true, cell: one => count(one.in_flight)},
      {title: t('live.waiting'), number: true, cell: one => count(one.waiting)},
    ], of.tenants, {keep: true}) : null);
}

/** The stage's provider, or how each stands if there are several. */
function providers(stage) {
  const all = stage.providers ?? [];
  if (all.length < 2) return stage.provider ? el('div.muted', {}, stage.provider) : null;
  return el('ul.providers', {}, all.map(one => el('li.muted', {}, one.provider, t('app.colon'), standing(one))));
}

const standing = one => one.off ? t('control.switched_off')
  : one.cool_down_until ? t('live.closed_until', {time: moment(one.cool_down_until)})
    : one.breaker === 'open' ? t('live.breaker_open')
      : one.breaker === 'half_open' ? t('live.breaker_half_open')
        : t('live.up_to', {n: one.limit ?? 0});

function marks(stage) {
  return el('div.marks', {},
    stage.paused ? badge('paused') : null,
    stage.cool_down_until ? el('span.badge.warn', {}, t('live.closed_until', {time: moment(stage.cool_down_until)})) : null,
    stage.breaker === 'open' ? badge('open', t('live.breaker_open'), 'bad')
      : stage.breaker === 'half_open' ? badge('half_open', t('live.breaker_half_open'), 'warn')
        : stage.breaker === 'closed' ? badge('closed', t('live.breaker_closed'), 'plain') : null);
}

/** Gives what was done to the stages lately; it asks again if the controls have changed, and each minute for the rest. */
function changesOf(signal) {
  let known = null;
  let found = [];
  return async controls => {
    const state = JSON.stringify([controls?.controls, controls?.last, Math.floor(Date.now() / 60_000)]);
    if (state !== known) {
      found = (await get('/v1/audit', signal)).audit.filter(one => one.subject && !one.subject.startsWith('task:'));
      known = state;
    }
    return found;
  };
}

async function history(range, cards, changes, signal) {
  const to = new Date();
  const series = await get(query('/v1/live/series',
    {from: new Date(to - range.seconds * 1_000).toISOString(), to: to.toISOString(), step: range.step}), signal);
  const step = series.step_seconds;
  const begin = Math.ceil((to / 1_000 - range.seconds) / step) * step;
  const bins = Math.max(1, Math.floor((to / 1_000 - begin) / step) + 1);
  const times = Array.from({length: bins}, (_, index) => begin + index * step);
  const found = new Map([...cards.keys()].map(stage => [stage, {data: [times, ...SERIES.map(() => new Array(bins).fill(0))], calls: 0, failures: 0}]));
  for (const point of series.points) {
    const bin = Math.round((new Date(point.at) / 1_000 - begin) / step);
    const one = found.get(point.stage);
    if (!one || bin < 0 || bin >= bins) continue;
    one.data[1][bin] += point.calls;
    one.data[2][bin] += point.failures;
    one.data[3][bin] += point.retries;
    one.calls += point.calls;
    one.failures += point.failures;
  }
  // The same scale for all stages, so that their heights can be compared
  const highest = Math.max(1, ...[...found.values()].flatMap(one => one.data.slice(1)).flat());
  for (const card of cards.values()) {
    const {data, calls, failures} = found.get(card.stage);
    card.drawn.update(data, calls ? t('live.seen', {n: calls, length: seconds(range.seconds), share: share(failures / calls)}) : t('live.seen_none', {length: seconds(range.seconds)}), {
      highest,
      per: t('live.axis', {length: seconds(step)}),
      changes: changes.filter(one => concerns(one.subject, card)).map(one => ({
        at: new Date(one.at) / 1_000,
        text: t('live.changed', {what: [controlWords(one), one.action === 'deploy' ? ` ${one.why}` : ''].flat().map(part => part.textContent ?? part).join(''), by: one.by}),
      })),
    });
  }
}

const concerns = (subject, card) => subject.startsWith('release:')
  || [`stage:${card.stage}`, `limit:${card.stage}`, `provider:${card.provider}`, `off:${card.provider}`].includes(subject);

function top(list, window, of) {
  if (!list.length) return nothing(t('live.no_failures', {length: seconds(window)}));
  return table(t('live.reasons'), [
    {title: t('col.reason'), cell: row => el('a.code', {href: link('/letters', {stage: row.stage, reason: row.reason, state: 'any', ...of}), title: word(row.reason, 'reason'), 'data-key': `${row.stage} ${row.reason}`}, row.reason)},
    {title: t('col.stage'), cell: row => row.stage},
    {title: t('col.calls'), number: true, cell: row => count(row.count)},
    {title: t('col.share'), number: true, cell: row => share(row.share)},
    {title: t('col.share_drawn'), drawn: true, class: 'graph', cell: row => meter(row.share, 'bad')},
  ], list, {keep: true});
}

function alerts(list) {
  if (!list.length) return nothing(t('live.no_alert'));
  return table(t('live.alert_table'), [
    {title: t('col.what'), cell: row => row.title},
    {title: t('col.now'), number: true, cell: row => measure(row.value, row.unit)},
    {title: t('col.limit'), number: true, cell: row => measure(row.threshold, row.unit)},
    {title: t('col.state'), cell: row => row.firing ? badge('firing', t('live.alert'), 'bad') : badge('ok', t('live.is_ok'), 'plain')},
  ], list, {keep: true});
}

function pastAlerts({alerts: list}) {
  if (!list.length) return nothing(t('live.no_past'));
  return table(t('live.past_table'), [
    {title: t('col.fired'), cell: row => moment(row.fired_at)},
    {title: t('col.what'), cell: row => row.title},
    {title: t('col.lasted'), cell: row => row.ended_at ? seconds((new Date(row.ended_at) - new Date(row.fired_at)) / 1_000) : badge('firing', t('live.fires'), 'bad')},
    {title: t('col.value'), number: true, cell: row => measure(row.value, row.unit)},
    {title: t('col.detail'), class: 'prose', cell: row => row.detail},
    {title: t('col.notified'), class: 'prose', cell: row => row.notifications.map(notified)},
  ], list);
}

const NOTIFIED = {sent: 'plain', waiting: 'warn', given_up: 'bad'};

const notified = one => el('div', {}, t(one.event === 'fired' ? 'live.notified_began' : 'live.notified_ended', {receiver: one.receiver}), badge(one.state, words(one.state), NOTIFIED[one.state]),
  one.trouble && one.state !== 'sent' ? el('div.detail', {}, foreign(one.trouble)) : null);
