// Dead letters: by cause, over time, and one by one.

import {add, el, fill, link, table} from '../dom.js';
import {answer, get, post, query as address, save} from '../api.js';
import {ago, count, moment, reasonCode, seconds} from '../format.js';
import {t, word} from '../texts.js';
import {complaint, confirmAction, during, filterWords, foreign, deadLetterBadge, nothing, spark, taskLink, title, whoAndWhy} from '../widgets.js';

const STAGES = ['detect', 'generate', 'matting', 'finalize', 'callback'];
const STATES = [['', word('open')], ...['replaying', 'replayed', 'failed_again', 'discarded'].map(state => [state, word(state)]), ['any', t('letters.any_state')]];
const MORE = ['provider_code', 'tenant', 'style', 'client_ref', 'task_id', 'generation', 'min_attempts', 'max_attempts', 'from', 'to', 'ids'];
const PAGE = 100;

export async function deadLettersPage(place, {query, signal}) {
  const filter = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  title(place, t('letters.title'));
  const groups = el('section', {'aria-busy': 'true'});
  const list = el('section');
  const saved = el('section.saved', {'aria-label': t('letters.saved')});
  add(place, form(filter), saved, groups, list);
  savedFilters(saved, filter, signal).catch(failure => showFailure(saved, failure, signal));
  const total = byCause(groups, filter, signal).catch(failure => showFailure(groups, failure, signal));
  await oneByOne(list, filter, total, signal).catch(failure => showFailure(list, failure, signal));
}

function showFailure(place, failure, signal) {
  if (!signal.aborted) fill(place, complaint(failure));
}

function form(filter) {
  const field = (name, label, input) => el('div.field', {}, el('label', {for: `f-${name}`}, label), input);
  const text = (name, label, more = {}) => field(name, label, el('input', {id: `f-${name}`, name, value: filter[name] ?? '', autocomplete: 'off', spellcheck: 'false', ...more}));
  const choice = (name, label, options) => field(name, label, el('select', {id: `f-${name}`, name}, options.map(([value, words]) =>
    el('option', {value, selected: (filter[name] ?? '') === value}, words))));
  const time = (name, label) => field(name, label, el('input', {id: `f-${name}`, name, type: 'datetime-local', step: 1, value: local(filter[name])}));
  return el('form.filters', {role: 'search', 'aria-label': t('letters.filter'), submit: event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    for (const name of ['from', 'to']) if (given[name]) given[name] = new Date(given[name]).toISOString();
    const target = link('/letters', given);
    if (target === location.hash) window.dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = target;
  }},
  el('div.row', {},
    text('q', t('letters.words'), {type: 'search', placeholder: t('letters.words_example')}),
    choice('stage', t('col.stage'), [['', t('letters.any')], ...STAGES.map(stage => [stage, stage])]),
    text('reason', t('col.reason'), {placeholder: t('letters.any')}),
    choice('state', t('col.state'), STATES),
    el('button.primary', {type: 'submit'}, t('letters.filter')),
    Object.keys(filter).length ? el('a.button', {href: '#/letters'}, t('letters.clear')) : null),
  el('details', {open: MORE.some(name => filter[name])}, el('summary', {}, t('letters.more')),
    el('div.row', {},
      text('provider_code', t('letters.provider_code'), {placeholder: t('letters.any_or_none')}), text('tenant', t('col.tenant')), text('style', t('col.style')),
      text('client_ref', t('col.client_ref')), text('task_id', t('task.id')), text('generation', t('col.generation'), {inputmode: 'numeric', pattern: '[0-9]*'}),
      text('min_attempts', t('letters.attempts_least'), {inputmode: 'numeric', pattern: '[0-9]*'}), text('max_attempts', t('letters.attempts_most'), {inputmode: 'numeric', pattern: '[0-9]*'}),
      time('from', t('letters.from')), time('to', t('letters.before')), text('ids', t('letters.by_number'), {placeholder: '4711,4712'}))));
}

/** The filters that people have saved, and a field to save this one; its address is a link that can be sent to others, too. */
async function savedFilters(place, filter, signal) {
  const trouble = el('div');
  const name = el('input', {id: 'filter-name', maxlength: 100, required: true, autocomplete: 'off', pattern: '[^\\/]+'});
  const submit = el('button', {type: 'submit'}, t('letters.save'));
  const show = filters => fill(place,
    filters.length ? el('ul.chips', {}, filters.map(saved => el('li', {},
      el('a', {href: link('/letters', saved.filter), 'data-key': `f-${saved.name}`}, saved.name), ' ',
      el('button.plain', {type: 'button', 'aria-label': t('letters.forget', {name: saved.name}), click: event => during(event.target, trouble, async () => {
        await answer(`/v1/dead-letters/filters/${encodeURIComponent(saved.name)}`, {method: 'DELETE'});
        await load();
      })}, '×')))) : null,
    Object.keys(filter).length ? el('details', {}, el('summary', {}, t('letters.save_this')), el('form.row', {submit: event => {
      event.preventDefault();
      during(submit, trouble, async () => {
        const {filters: all} = await post('/v1/dead-letters/filters', {name: name.value, filter});
        name.value = '';
        show(all);
      });
    }}, el('div.field', {}, el('label', {for: 'filter-name'}, t('letters.name_of_filter')), name), submit)) : null,
    trouble);
  const load = async () => show((await get('/v1/dead-letters/filters', signal)).filters);
  await load();
}

/** What a field of date and time shows for a moment. */
function local(iso) {
  if (!iso) return '';
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

async function byCause(place, filter, signal) {
  const found = await get(address('/v1/dead-letters/groups', filter), signal);
  place.removeAttribute('aria-busy');
  if (!found.letters) {
    const narrowed = Object.keys(filter).length > 0;
    fill(place, narrowed
      ? nothing(t('letters.none_like'), t('letters.none_like_why', {all: el('a', {href: '#/letters'}, t('letters.show_open')), other: el('a', {href: link('/letters', {...filter, state: 'any'})}, t('letters.show_dealt'))}))
      : nothing(t('letters.none'), t('letters.none_why'), ' ', el('a', {href: link('/letters', {state: 'any'})}, t('letters.show_past'))));
    return 0;
  }
  const begin = Math.min(...found.groups.flatMap(group => group.over_time.map(span => new Date(span.from).getTime())));
  const end = Math.max(...found.groups.map(group => new Date(group.newest).getTime())) + 1;
  const steps = Math.min(96, Math.max(12, Math.ceil((end - begin) / 1_000 / found.span_seconds)));
  const shownFrom = end - steps * found.span_seconds * 1_000 < begin ? begin - (steps * found.span_seconds * 1_000 - (end - begin)) : begin;
  const from = Math.floor(shownFrom / (found.span_seconds * 1_000)) * found.span_seconds * 1_000;
  const bars = (group, label) => spark(group.over_time, found.span_seconds, from, end, label);
  const all = {over_time: found.groups.flatMap(group => group.over_time)};
  fill(place,
    el('div.summary', {},
      el('p.big', {}, t(found.more ? 'letters.sum_more' : 'letters.sum', {number: el('b', {}, count(found.letters)), n: found.letters}), el('span.muted', {}, t('letters.of_causes', {n: found.groups.length}))),
      el('figure.over-time', {}, bars(all, t('letters.over_time_all')),
        el('figcaption', {}, el('span', {}, moment(new Date(from).toISOString())), el('span', {}, t('letters.bar', {length: seconds(found.span_seconds)})), el('span', {}, moment(new Date(end).toISOString()))))),
    el('h2', {}, t('letters.by_cause')),
    table(t('letters.causes'), [
      {title: t('col.letters'), number: true, cell: group => el('b', {}, count(group.count))},
      {title: t('col.stage'), cell: group => group.stage},
      {title: t('col.reason'), cell: group => el('a.code', {href: link('/letters', {...filter, ...cause(group)}), title: word(group.reason, 'reason')}, group.reason)},
      {title: t('col.provider_said'), cell: group => group.provider_code ? el('span.code', {}, group.provider_code) : null},
      {title: t('col.over_time'), class: 'graph', cell: group => bars(group, t('letters.over_time', {n: group.count}))},
      {title: t('col.oldest'), cell: group => ago(group.oldest)},
      {title: t('col.newest'), cell: group => ago(group.newest)},
      {title: t('col.does'), drawn: true, class: 'does', cell: group => el('a.button', {href: link('/replay', {...filter, ...cause(group)})}, t('letters.dry_run'))},
    ], found.groups));
  return found.letters;
}

const cause = group => ({stage: group.stage, reason: group.reason, provider_code: group.provider_code ?? 'none'});

async function oneByOne(place, filter, counted, signal) {
  const chosen = new Set();
  const rows = el('div');
  const trouble = el('div');
  const bar = el('div.bar.sticky', {role: 'group', 'aria-label': t('letters.tools')});
  const more = el('div.actions');
  const shown = [];
  let cursor;
  let total;

  const load = async () => {
    const page = await get(address('/v1/dead-letters', {...filter, limit: PAGE, cursor}), signal);
    shown.push(...page.dead_letters);
    cursor = page.next_cursor;
    if (shown.length) draw();
  };
  const draw = () => {
    fill(rows, list(shown, chosen, () => { tools(); heads(); }));
    fill(more, cursor ? el('button', {type: 'button', click: event => during(event.target, trouble, load)}, t('letters.show_more', {n: PAGE})) : null);
    tools();
    heads();
  };
  const heads = () => {
    const head = rows.querySelector('#all');
    head.checked = chosen.size > 0 && chosen.size === shown.length;
    head.indeterminate = chosen.size > 0 && chosen.size < shown.length;
  };
  const tools = () => {
    const filterOf = chosen.size ? {ids: [...chosen].join(',')} : filter;
    const chosenOf = chosen.size ? {kind: 'chosen', n: chosen.size} : total ? {kind: 'all', n: total} : {kind: 'these', n: 2};
    const acts = !filter.state || filter.state === 'open' || chosen.size;
    fill(bar,
      acts ? el('a.button.primary', {href: link('/replay', filterOf), 'data-key': 'replay'}, t(REPLAY[chosenOf.kind], chosenOf)) : null,
      acts ? el('button', {type: 'button', 'data-key': 'patch', click: () => patch(filterOf, chosenOf)}, t(PATCH[chosenOf.kind], chosenOf), '…') : null,
      acts ? el('button', {type: 'button', 'data-key': 'discard', click: () => discard(filterOf, chosenOf)}, t(DISCARD[chosenOf.kind], chosenOf), '…') : null,
      el('span.spacer'),
      ['csv', 'ndjson'].map(format => el('button.plain', {type: 'button', 'data-key': format,
        click: event => during(event.target, trouble, () => save(address('/v1/dead-letters/export', {...filterOf, format}), `dead-letters.${format}`))}, t('letters.export', {format: format.toUpperCase()}))));
  };
  fill(place, el('h2', {}, t('letters.one_by_one')), el('p.muted', {}, t('letters.newest_first')), bar, trouble, rows, more);
  await load();
  if (!shown.length) fill(place);
  total = await counted;
  if (shown.length) tools();
}

function list(shown, chosen, changed) {
  const all = el('input', {type: 'checkbox', id: 'all', 'aria-label': t('letters.choose_all'), change: event => {
    shown.forEach(deadLetter => event.target.checked ? chosen.add(deadLetter.id) : chosen.delete(deadLetter.id));
    document.querySelectorAll('input[name=dead-letter]').forEach(box => { box.checked = event.target.checked; });
    changed();
  }});
  return table(t('letters.title'), [
    {title: t('col.chosen'), control: true, head: all, class: 'check', cell: deadLetter => el('input', {type: 'checkbox', name: 'dead-letter', 'aria-label': t('letters.choose', {id: String(deadLetter.id)}), checked: chosen.has(deadLetter.id),
      change: event => {
        if (event.target.checked) chosen.add(deadLetter.id);
        else chosen.delete(deadLetter.id);
        changed();
      }})},
    {title: t('col.letter'), cell: deadLetter => el('a', {href: link(`/letters/${deadLetter.id}`)}, `#${deadLetter.id}`)},
    {title: t('col.died'), cell: deadLetter => moment(deadLetter.failed_at)},
    {title: t('col.stage'), cell: deadLetter => deadLetter.stage},
    {title: t('col.reason'), cell: deadLetter => [reasonCode(deadLetter.reason), deadLetter.provider_code ? el('div.muted.code', {}, deadLetter.provider_code) : null]},
    {title: t('col.detail'), class: 'prose', cell: deadLetter => el('span.clamp', {}, deadLetter.undecodable ? t('letters.undecodable', {why: foreign(deadLetter.undecodable)}) : foreign(deadLetter.detail))},
    {title: t('col.attempts'), number: true, cell: deadLetter => deadLetter.attempts},
    {title: t('col.task'), cell: deadLetter => taskLink(deadLetter.task_id)},
    {title: t('col.tenant'), cell: deadLetter => deadLetter.tenant},
    {title: t('col.state'), cell: deadLetter => deadLetterBadge(deadLetter.state)},
  ], shown, {wide: true});
}

const REPLAY = {chosen: 'letters.replay_chosen', all: 'letters.replay_all', these: 'letters.replay_these'};
const PATCH = {chosen: 'letters.patch_chosen', all: 'letters.patch_all', these: 'letters.patch_these'};
const DISCARD = {chosen: 'letters.discard_chosen', all: 'letters.discard_all', these: 'letters.discard_these'};

function discard(filterOf, which) {
  confirmAction({
    title: t(DISCARD[which.kind], which),
    text: t('letters.discard_does', {filter: filterWords(filterOf)}),
    button: t('letter.discard'),
    danger: true,
    example: t('letters.discard_example'),
    work: async action => {
      await post('/v1/dead-letters/discard', {filter: Object.keys(filterOf).length ? filterOf : {state: 'open'}, ...action});
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    },
  });
}

/** Changes the payloads of many at once: shows what that would do, and keeps it then. */
function patch(filterOf, which) {
  const filter = Object.keys(filterOf).length ? filterOf : {state: 'open'};
  const text = el('textarea.mono', {id: 'patch', name: 'patch', rows: 6, required: true, spellcheck: 'false'});
  text.value = JSON.stringify({context: {style: ''}}, null, 2);
  const action = whoAndWhy(t('letters.patch_example'));
  const trouble = el('div');
  const preview = el('div', {'aria-live': 'polite'});
  const show = el('button', {type: 'button'}, t('letters.patch_show'));
  const submit = el('button.primary', {type: 'submit', disabled: true}, t('letters.patch_keep'));
  const read = () => {
    try {
      return JSON.parse(text.value);
    } catch (failure) {
      fill(trouble, el('div.complaint', {role: 'alert'}, el('p', {}, t('letter.no_json'), ' ', foreign(failure.message))));
      return null;
    }
  };
  let shown = null;
  text.addEventListener('input', () => { submit.disabled = true; });
  show.addEventListener('click', () => {
    const change = read();
    if (!change) return;
    during(show, trouble, async () => {
      const found = await post('/v1/dead-letters/patch/preview', {filter, patch: change});
      shown = change;
      submit.disabled = found.refused > 0 || found.changed === 0;
      fill(preview, patchPreview(found));
    });
  });
  const dialog = el('dialog.broad', {'aria-labelledby': 'patch-title', close: () => dialog.remove()},
    el('form', {submit: async event => {
      event.preventDefault();
      const done = await during(submit, trouble, () => post('/v1/dead-letters/patch', {filter, patch: shown, ...action.body()}));
      if (!done) return;
      dialog.close();
      location.hash = link('/replay', {ids: done.ids.join(',')});
    }},
    el('h2', {id: 'patch-title'}, t(PATCH[which.kind], which)),
    el('p', {}, t('letters.patch_does', {filter: filterWords(filterOf)})),
    el('div.field', {}, el('label', {for: 'patch'}, t('letters.patch')), text),
    el('div.actions', {}, show), preview,
    action.fields, trouble,
    el('div.actions', {}, submit, el('button', {type: 'button', click: () => dialog.close()}, t('action.cancel')))));
  document.body.append(dialog);
  dialog.showModal();
}

function patchPreview({changed, unchanged, refused, examples, refusals}) {
  const event = (name, content) => el('figure.code-block', {}, el('figcaption', {}, name),
    el('pre', {tabindex: 0, role: 'region', 'aria-label': name}, JSON.stringify(content, null, 2)));
  return [
    el('p', {}, t('letters.patch_counts', {changed: count(changed), unchanged: count(unchanged), refused: count(refused)})),
    refusals.length ? [el('p', {}, t('letters.patch_refused')), el('ul', {}, refusals.map(each =>
      el('li', {}, el('a', {href: link(`/letters/${each.id}`)}, `#${each.id}`), ' ', foreign(each.why))))] : null,
    examples.map(each => el('div.columns', {},
      event(t('letters.patch_before', {id: String(each.id)}), each.before), event(t('letters.patch_after', {id: String(each.id)}), each.after))),
  ];
}
