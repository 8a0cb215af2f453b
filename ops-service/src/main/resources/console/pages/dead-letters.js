// Dead letters: by cause, over time, and one by one.

import {el, fill, link, table} from '../dom.js';
import {answer, get, post, query as address, save} from '../api.js';
import {ago, count, moment, plural, seconds} from '../format.js';
import {complaint, confirmAction, during, filterWords, deadLetterBadge, nothing, spark, taskLink, title} from '../widgets.js';

const STAGES = ['detect', 'generate', 'matting', 'finalize', 'callback'];
const STATES = [['', 'open'], ['replaying', 'replaying'], ['replayed', 'replayed'], ['failed_again', 'failed again'], ['discarded', 'discarded'], ['any', 'any state']];
const MORE = ['provider_code', 'tenant', 'style', 'client_ref', 'task_id', 'generation', 'min_attempts', 'max_attempts', 'from', 'to', 'ids'];
const PAGE = 100;

export async function deadLettersPage(place, {query, signal}) {
  const filter = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  title(place, 'Dead letters');
  const groups = el('section', {'aria-busy': 'true'});
  const list = el('section');
  const saved = el('section.saved', {'aria-label': 'Saved filters'});
  place.append(form(filter), saved, groups, list);
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
  return el('form.filters', {role: 'search', 'aria-label': 'Filter', submit: event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target));
    for (const name of ['from', 'to']) if (given[name]) given[name] = new Date(given[name]).toISOString();
    const target = link('/letters', given);
    if (target === location.hash) window.dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = target;
  }},
  el('div.row', {},
    text('q', 'Words in it', {type: 'search', placeholder: 'quota -trial'}),
    choice('stage', 'Stage', [['', 'any'], ...STAGES.map(stage => [stage, stage])]),
    text('reason', 'Reason', {placeholder: 'any'}),
    choice('state', 'State', STATES),
    el('button.primary', {type: 'submit'}, 'Filter'),
    Object.keys(filter).length ? el('a.button', {href: '#/letters'}, 'Clear') : null),
  el('details', {open: MORE.some(name => filter[name])}, el('summary', {}, 'More filters'),
    el('div.row', {},
      text('provider_code', 'Provider code', {placeholder: 'any, or none'}), text('tenant', 'Tenant'), text('style', 'Style'),
      text('client_ref', 'Client reference'), text('task_id', 'Task id'), text('generation', 'Generation', {inputmode: 'numeric', pattern: '[0-9]*'}),
      text('min_attempts', 'Attempts, at least', {inputmode: 'numeric', pattern: '[0-9]*'}), text('max_attempts', 'Attempts, at most', {inputmode: 'numeric', pattern: '[0-9]*'}),
      time('from', 'Died from'), time('to', 'Died before'), text('ids', 'Dead letters, by number', {placeholder: '4711,4712'}))));
}

/** The filters that people have saved, and a field to save this one; its address is a link that can be sent to others, too. */
async function savedFilters(place, filter, signal) {
  const trouble = el('div');
  const name = el('input', {id: 'filter-name', maxlength: 100, required: true, autocomplete: 'off', pattern: '[^\\/]+'});
  const submit = el('button', {type: 'submit'}, 'Save');
  const show = filters => fill(place,
    filters.length ? el('ul.chips', {}, filters.map(saved => el('li', {},
      el('a', {href: link('/letters', saved.filter), 'data-key': `f-${saved.name}`}, saved.name), ' ',
      el('button.plain', {type: 'button', 'aria-label': `Forget the filter ${saved.name}`, click: event => during(event.target, trouble, async () => {
        await answer(`/v1/dead-letters/filters/${encodeURIComponent(saved.name)}`, {method: 'DELETE', signal});
        await load();
      })}, '×')))) : null,
    Object.keys(filter).length ? el('details', {}, el('summary', {}, 'Save this filter'), el('form.row', {submit: event => {
      event.preventDefault();
      during(submit, trouble, async () => {
        const {filters: all} = await post('/v1/dead-letters/filters', {name: name.value, filter}, signal);
        name.value = '';
        show(all);
      });
    }}, el('div.field', {}, el('label', {for: 'filter-name'}, 'Name of the filter'), name), submit)) : null,
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
      ? nothing('No dead letter is like that.', el('a', {href: '#/letters'}, 'Show all open ones'), ', or ', el('a', {href: link('/letters', {...filter, state: 'any'})}, 'look among those that were dealt with'), '.')
      : nothing('There is no open dead letter.', 'Every task has gone on or was dealt with. ', el('a', {href: link('/letters', {state: 'any'})}, 'Show those of the past')));
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
      el('p.big', {}, el('b', {}, count(found.letters)), found.letters === 1 ? ' dead letter' : ' dead letters', el('span.muted', {}, ` of ${plural(found.groups.length, 'cause')}`)),
      el('figure.over-time', {}, bars(all, 'All of them over time'),
        el('figcaption', {}, el('span', {}, moment(new Date(from).toISOString())), el('span', {}, `each bar ${seconds(found.span_seconds)}`), el('span', {}, moment(new Date(end).toISOString()))))),
    el('h2', {}, 'By cause'),
    table('Causes, the most frequent first', [
      {title: 'Dead letters', number: true, cell: group => el('b', {}, count(group.count))},
      {title: 'Stage', cell: group => group.stage},
      {title: 'Reason', cell: group => el('a.code', {href: link('/letters', {...filter, ...cause(group)})}, group.reason)},
      {title: 'Provider said', cell: group => group.provider_code ? el('span.code', {}, group.provider_code) : null},
      {title: 'Over time', class: 'graph', cell: group => bars(group, `${group.count} over time`)},
      {title: 'Oldest', cell: group => ago(group.oldest)},
      {title: 'Newest', cell: group => ago(group.newest)},
      {title: 'What to do', drawn: true, class: 'does', cell: group => el('a.button', {href: link('/replay', {...filter, ...cause(group)})}, 'Dry run')},
    ], found.groups));
  return found.letters;
}

const cause = group => ({stage: group.stage, reason: group.reason, provider_code: group.provider_code ?? 'none'});

async function oneByOne(place, filter, counted, signal) {
  const chosen = new Set();
  const rows = el('div');
  const trouble = el('div');
  const bar = el('div.bar.sticky', {role: 'group', 'aria-label': 'What to do with them'});
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
    fill(more, cursor ? el('button', {type: 'button', click: event => during(event.target, trouble, load)}, `Show ${PAGE} more`) : null);
    tools();
    heads();
  };
  const heads = () => {
    const head = rows.querySelector('#all');
    head.checked = chosen.size > 0 && chosen.size === shown.length;
    head.indeterminate = chosen.size > 0 && chosen.size < shown.length;
  };
  const tools = () => {
    const which = chosen.size ? {ids: [...chosen].join(',')} : filter;
    const name = chosen.size ? plural(chosen.size, 'chosen dead letter') : total ? `all ${plural(total, 'dead letter')}` : 'all of them';
    const acts = !filter.state || filter.state === 'open' || chosen.size;
    fill(bar,
      acts ? el('a.button.primary', {href: link('/replay', which), 'data-key': 'replay'}, `Replay ${name}…`) : null,
      acts ? el('button', {type: 'button', 'data-key': 'discard', click: () => discard(which, name)}, `Discard ${name}…`) : null,
      el('span.spacer'),
      ['csv', 'ndjson'].map(format => el('button.plain', {type: 'button', 'data-key': format,
        click: event => during(event.target, trouble, () => save(address('/v1/dead-letters/export', {...which, format}), `dead-letters.${format}`))}, `Export ${format.toUpperCase()}`)));
  };
  fill(place, el('h2', {}, 'One by one'), el('p.muted', {}, 'Newest first.'), bar, trouble, rows, more);
  await load();
  if (!shown.length) fill(place);
  total = await counted;
  if (shown.length) tools();
}

function list(shown, chosen, changed) {
  const all = el('input', {type: 'checkbox', id: 'all', 'aria-label': 'Choose all that are shown', change: event => {
    shown.forEach(deadLetter => event.target.checked ? chosen.add(deadLetter.id) : chosen.delete(deadLetter.id));
    document.querySelectorAll('input[name=dead-letter]').forEach(box => { box.checked = event.target.checked; });
    changed();
  }});
  return table('Dead letters', [
    {title: 'Chosen', control: true, head: all, class: 'check', cell: deadLetter => el('input', {type: 'checkbox', name: 'dead-letter', 'aria-label': `Choose dead letter ${deadLetter.id}`, checked: chosen.has(deadLetter.id),
      change: event => {
        if (event.target.checked) chosen.add(deadLetter.id);
        else chosen.delete(deadLetter.id);
        changed();
      }})},
    {title: 'Dead letter', cell: deadLetter => el('a', {href: link(`/letters/${deadLetter.id}`)}, `#${deadLetter.id}`)},
    {title: 'Died', cell: deadLetter => moment(deadLetter.failed_at)},
    {title: 'Stage', cell: deadLetter => deadLetter.stage},
    {title: 'Reason', cell: deadLetter => [el('span.code', {}, deadLetter.reason), deadLetter.provider_code ? el('div.muted.code', {}, deadLetter.provider_code) : null]},
    {title: 'Detail', class: 'prose', cell: deadLetter => el('span.clamp', {}, deadLetter.undecodable ? `Undecodable: ${deadLetter.undecodable}` : deadLetter.detail)},
    {title: 'Attempts', number: true, cell: deadLetter => deadLetter.attempts},
    {title: 'Task', cell: deadLetter => taskLink(deadLetter.task_id)},
    {title: 'Tenant', cell: deadLetter => deadLetter.tenant},
    {title: 'State', cell: deadLetter => deadLetterBadge(deadLetter.state)},
  ], shown, {wide: true});
}

function discard(which, name) {
  confirmAction({
    title: `Discard ${name}`,
    text: ['This takes ', filterWords(which), ' off the open list. They stay in the history; nothing is deleted.'],
    button: 'Discard',
    danger: true,
    example: 'Test photos of our own, nobody waits for them.',
    work: async action => {
      await post('/v1/dead-letters/discard', {filter: Object.keys(which).length ? which : {state: 'open'}, ...action});
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    },
  });
}
