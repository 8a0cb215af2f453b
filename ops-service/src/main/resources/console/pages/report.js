// The report of any period, in the tables of the incident's own report.

import {add, el, fill, link} from '../dom.js';
import {Problem, events, get, query as address, save} from '../api.js';
import {LANGUAGES, language, t} from '../texts.js';
import {complaint, during, title} from '../widgets.js';
import {markdown} from '../markdown.js';
import {picture} from '../picture.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The time zone of the reader, in which the report gives its times. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const QUICK = [
  [t('report.last_hour'), now => [now - HOUR, now]],
  [t('report.last_day'), now => [now - 24 * HOUR, now]],
  [t('report.today'), now => [new Date(now).setHours(0, 0, 0, 0), now]],
  [t('report.yesterday'), now => [new Date(now).setHours(-24, 0, 0, 0), new Date(now).setHours(0, 0, 0, 0)]],
];

export async function reportPage(place, {query, signal}) {
  // Sums are made ahead of whole minutes
  const now = Math.ceil(Date.now() / MINUTE) * MINUTE;
  const lang = query.lang ?? language;
  const period = {
    from: query.from ?? new Date(now - HOUR).toISOString(), to: query.to ?? new Date(now).toISOString(),
    ...(query.before_from && query.before_to && {before_from: query.before_from, before_to: query.before_to}),
    ...(query.tenant && {tenant: query.tenant}),
    ...(query.exact === 'true' && {exact: 'true'}),
  };
  title(place, t('report.title'));
  const trouble = el('div');
  const body = el('article.report', {lang: lang === 'zh' ? 'zh-Hans' : 'en', 'aria-busy': 'true'}, el('p.muted', {}, t('report.reading')));
  add(place, form(period, lang, now), downloads(period, lang, trouble), trouble, body);
  try {
    const {text, pictures} = await (period.exact ? exactly : get)(
      address(period.exact ? '/v1/report/stream' : '/v1/report', {...period, lang, zone, format: 'page'}), signal, body);
    fill(body, markdown(text, name => pictures[name] ? picture(pictures[name]) : null));
  } catch (failure) {
    if (!signal.aborted) fill(body, complaint(failure));
  }
  body.removeAttribute('aria-busy');
}

/** The answer of a stream of events; `body` shows how far it is. */
async function exactly(path, signal, body) {
  const bar = el('progress', {max: 1, value: 0, 'aria-label': t('report.reading')});
  fill(body, el('p.muted', {}, t('report.reading')), bar);
  let report = null;
  await events(path, signal, (event, data) => {
    if (event === 'progress') bar.value = data.share;
    else if (event === 'report') report = data;
    else throw new Problem(503, data.title, data.detail);
  });
  if (!report) throw new Problem(0, t('problem.unreachable'), t('problem.unreachable_why'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(report.base64), each => each.charCodeAt(0))));
}

function form(period, lang, now) {
  const shown = period;
  const time = (name, label, required = true) => el('div.field', {}, el('label', {for: name}, label),
    el('input', {id: name, name, type: 'datetime-local', step: 1, required, value: period[name] ? local(period[name]) : ''}));
  const compare = (name, shift) => el('button.plain', {type: 'button', click: () => go({
    ...period, lang,
    before_from: new Date(shift(Date.parse(period.from))).toISOString(),
    before_to: new Date(shift(Date.parse(period.to))).toISOString(),
  })}, name);
  const length = Date.parse(period.to) - Date.parse(period.from);
  return el('form.filters', {submit: event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    go({
      from: new Date(given.from).toISOString(), to: new Date(given.to).toISOString(), lang: given.lang, tenant: given.tenant, exact: given.exact,
      ...(given.before_from && given.before_to && {before_from: new Date(given.before_from).toISOString(), before_to: new Date(given.before_to).toISOString()}),
    });
  }},
  el('div.row.period', {}, time('from', t('report.from')), time('to', t('report.before')),
    el('div.field', {}, el('label', {for: 'lang'}, t('report.language')), el('select', {id: 'lang', name: 'lang'}, Object.entries(LANGUAGES).map(([value, name]) =>
      el('option', {value, selected: value === lang, lang: value}, name)))),
    el('button.primary', {type: 'submit'}, t('action.show'))),
  el('label.check', {}, el('input', {type: 'checkbox', name: 'exact', value: 'true', checked: period.exact === 'true'}), t('report.exact')),
  el('details', {open: Boolean(period.before_from || period.tenant)}, el('summary', {}, t('report.beside')),
    el('div.row.period', {}, time('before_from', t('report.other_from'), false), time('before_to', t('report.other_before'), false),
      el('div.field', {}, el('label', {for: 'tenant'}, t('col.tenant')), el('input', {id: 'tenant', name: 'tenant', autocomplete: 'off', value: period.tenant ?? ''}))),
    el('div.quick', {}, compare(t('report.time_before'), at => at - length), compare(t('report.day_before'), at => at - 24 * HOUR), compare(t('report.week_before'), at => at - 7 * 24 * HOUR))),
  el('div.quick', {}, QUICK.map(([name, period]) => el('button.plain', {type: 'button', click: () => {
    const [from, to] = period(now);
    go({from: new Date(from).toISOString(), to: new Date(to).toISOString(), lang, ...(shown.tenant && {tenant: shown.tenant})});
  }}, name))));
}

function go(parameters) {
  const target = link('/report', Object.fromEntries(Object.entries(parameters).filter(([, value]) => value)));
  if (target === location.hash) window.dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = target;
}

function local(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function downloads(period, lang, trouble) {
  const name = `pawline-report-${period.from.slice(0, 16).replaceAll(':', '')}`;
  return el('div.bar.no-print', {}, [['zip', t('report.all_files')], ['md', 'Markdown'], ['json', 'JSON'], ['html', t('report.web_page')]].map(([format, words]) =>
    el('button', {type: 'button', click: event => during(event.target, trouble, () =>
      save(address('/v1/report', {...period, lang, zone, format}), `${name}.${format}`))}, t('report.download', {what: words}))),
  el('span.spacer'), el('button', {type: 'button', click: () => print()}, t('report.print')));
}
