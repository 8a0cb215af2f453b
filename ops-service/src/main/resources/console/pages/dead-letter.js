// One dead letter and all that is known of it.

import {add, el, fill, facts, link, table} from '../dom.js';
import {get, post, save} from '../api.js';
import {ago, micros, millis, moment, reasonCode, words} from '../format.js';
import {t} from '../texts.js';
import {badge, confirmAction, during, deadLetterBadge, foreign, nothing, shortId, taskLink, title, whoAndWhy} from '../widgets.js';
import {skippedWords} from './replay.js';

export async function deadLetterPage(place, {parts: [id], signal}) {
  const found = await get(`/v1/dead-letters/${id}`, signal);
  const {letter: deadLetter, payload, headers, calls, versions = [], replays = [], task} = found;
  title(place, t('letter.title', {id: String(deadLetter.id)}), deadLetterBadge(deadLetter.state));
  add(place, 
    el('p.lead', {}, t('letter.lead', {stage: el('b', {}, deadLetter.stage), reason: el('b', {}, reasonCode(deadLetter.reason)), ago: ago(deadLetter.failed_at), n: deadLetter.attempts})),
    el('blockquote.detail', {}, foreign(deadLetter.detail)),
    actions(deadLetter, payload, versions),
    facts(
      [t('col.provider_said'), deadLetter.provider_code],
      [t('col.died'), moment(deadLetter.failed_at)],
      [t('col.first_failed'), moment(deadLetter.first_failed_at)],
      [t('col.submitted'), moment(deadLetter.submitted_at)],
      [t('col.task'), taskLink(deadLetter.task_id)],
      [t('col.generation'), deadLetter.generation],
      [t('col.tenant'), deadLetter.tenant],
      [t('col.style'), deadLetter.style],
      [t('col.client_ref'), deadLetter.client_ref],
      [t('letter.in_kafka'), el('span.mono', {}, `${deadLetter.topic} ${deadLetter.partition}:${deadLetter.offset}`)]),
    since(deadLetter, task, replays),
    el('section', {}, el('h2', {}, t('letter.attempts')), attempts(calls)),
    content(deadLetter, payload),
    edited(versions),
    el('section', {}, el('h2', {}, t('letter.headers')), headers.length ? table(t('letter.headers_table'), [
      {title: t('col.name'), class: 'mono', cell: header => header.name},
      {title: t('col.value'), class: 'mono wrap', cell: header => header.text ?? (header.hex === undefined ? null : `0x${header.hex}`)},
    ], headers) : nothing(t('letter.no_headers'))));
}

function actions(deadLetter, payload, versions) {
  if (deadLetter.state !== 'open') return null;
  return el('div.actions', {},
    el('a.button.primary', {href: link('/replay', {ids: deadLetter.id})}, t('letter.replay')),
    el('button', {type: 'button', disabled: !deadLetter.task_id, click: () => edit(deadLetter, payload, versions)}, t('letter.edit_replay')),
    el('button', {type: 'button', click: () => confirmAction({
      title: t('letter.discard_title', {id: String(deadLetter.id)}), text: t('letter.discard_does'), button: t('letter.discard'), danger: true,
      example: t('letter.discard_example'),
      work: async action => {
        await post('/v1/dead-letters/discard', {filter: {ids: String(deadLetter.id)}, ...action});
        window.dispatchEvent(new HashChangeEvent('hashchange'));
      },
    })}, t('letter.discard_more')));
}

function since(deadLetter, task, replays) {
  const what = !task
    ? deadLetter.task_id ? t('letter.task_unknown') : t('letter.no_task')
    : null;
  return el('section', {}, el('h2', {}, t('letter.since')),
    what ? el('p', {}, what) : facts(
      [t('letter.task_is'), [badge(task.state), task.reason ? [' ', reasonCode(task.reason)] : null]],
      [t('col.because'), foreign(task.message)],
      [t('col.generation'), task.generation === deadLetter.generation ? t('letter.same_generation', {generation: task.generation}) : t('letter.other_generation', {generation: task.generation, own: deadLetter.generation})],
      [t('col.ended'), moment(task.ended_at)],
      [t('task.notified'), task.delivered_at ? moment(task.delivered_at) : t('task.not_yet')]),
    replays.length ? table(t('letter.replays'), [
      {title: t('col.replay'), cell: row => el('a.mono', {href: link(`/replays/${row.replay_id}`)}, shortId(row.replay_id))},
      {title: t('col.outcome'), cell: row => badge(row.outcome ?? (row.state === 'published' ? 'under_way' : row.state))},
      {title: t('col.generation'), number: true, cell: row => row.generation},
      {title: t('col.why'), class: 'prose', cell: row => row.skipped ? skippedWords(row.skipped) : reasonCode(row.reason)},
    ], replays, {titled: true}) : null);
}

function edited(versions) {
  if (!versions.length) return null;
  return el('section', {}, el('h2', {}, t('letter.edited')), versions.map(version => [
    el('p', {}, t('letter.version_by', {version: el('b', {}, t('letter.version', {version: version.version})), by: version.by, time: moment(version.at), why: version.why})),
    version.event ? block(t('letter.version', {version: version.version}), json(version.event)) : null,
  ]), el('p.muted', {}, t('letter.newest')));
}

function attempts(calls) {
  if (!calls.length) return nothing(t('letter.no_call'), t('letter.no_call_why'));
  return table(t('letter.calls'), [
    {title: t('col.began'), cell: call => moment(call.started_at)},
    {title: t('col.stage'), cell: call => call.stage},
    {title: t('col.generation'), number: true, cell: call => call.generation},
    {title: t('col.attempt'), number: true, cell: call => call.attempt},
    {title: t('col.outcome'), cell: call => [call.outcome ? badge(call.outcome) : badge('under_way'), call.hedge ? [' ', badge('hedge', words('hedge'))] : null, call.orphaned ? [' ', badge('orphaned', words('orphaned'), 'warn')] : null]},
    {title: t('col.reason'), cell: call => reasonCode(call.reason)},
    {title: t('col.phase'), cell: call => words(call.phase)},
    {title: t('col.answer'), cell: call => [call.http_status, call.provider_code].filter(Boolean).join(' ')},
    {title: t('col.request_id'), class: 'mono', cell: call => call.request_id},
    {title: t('col.took'), number: true, cell: call => millis(call.duration_ms)},
    {title: t('col.billed'), cell: call => words(call.billed)},
    {title: t('col.cost'), number: true, cell: call => micros(call.cost_micros)},
  ], calls, {wide: true});
}

function content(deadLetter, payload) {
  const trouble = el('div');
  const download = el('button', {type: 'button', click: event => during(event.target, trouble,
    () => save(`/v1/dead-letters/${deadLetter.id}/payload`, `dead-letter-${deadLetter.id}.bin`))}, t('letter.download', {n: payload.bytes}));
  const heading = el('div.heading', {}, el('h2', {}, t('letter.payload')), download);
  if (payload.event) {
    return el('section', {}, heading, trouble, el('div.columns', {},
      block(payload.type, json(payload.event)), block(t('letter.schema'), schemaLines(payload.schema))));
  }
  return el('section', {}, heading, trouble,
    el('p', {}, deadLetter.undecodable ? t('letter.no_event', {why: foreign(deadLetter.undecodable)}) : t('letter.no_event_or_registry')),
    el('div.columns', {}, block(t('letter.hex'), hexDump(payload.hex)), block(t('letter.text'), payload.text)));
}

const json = value => JSON.stringify(value, null, 2);

const block = (name, text) => el('figure.code-block', {}, el('figcaption', {}, name), el('pre', {tabindex: 0, role: 'region', 'aria-label': name}, text));

/** A record's fields as a person reads them, one a line; the whole schema would hide them. */
function schemaLines(schema, indent = '') {
  if (schema?.type !== 'record') return json(schema);
  return fields(schema, indent, new Set()).join('\n');
}

function fields(schema, indent, seen) {
  seen.add(schema.name);
  return schema.fields.flatMap(field => {
    const optional = 'default' in field ? ' = ' + JSON.stringify(field.default) : '';
    const record = [field.type].flat().find(type => type?.type === 'record' && !seen.has(type.name));
    return [`${indent}${field.name}: ${typeName(field.type)}${optional}`, ...(record ? fields(record, indent + '  ', seen) : [])];
  });
}

function typeName(type) {
  if (Array.isArray(type)) return type.map(typeName).join(' | ');
  if (typeof type === 'string') return type.replace(/^.*\./, '');
  if (type.type === 'array') return `array<${typeName(type.items)}>`;
  if (type.type === 'map') return `map<${typeName(type.values)}>`;
  if (type.type === 'enum') return type.symbols.join(' | ');
  return type.logicalType ?? type.name ?? typeName(type.type);
}

function hexDump(hex) {
  const lines = [];
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g);
    const text = bytes.map(byte => parseInt(byte, 16)).map(byte => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.').join('');
    lines.push(`${(at / 2).toString(16).padStart(6, '0')}  ${bytes.join(' ').padEnd(47)}  ${text}`);
  }
  return lines.join('\n') || t('letter.no_bytes');
}

function edit(deadLetter, payload, versions) {
  const event = el('textarea.mono', {id: 'event', name: 'event', rows: 16, required: true, spellcheck: 'false'});
  const newest = versions.at(-1)?.event ?? payload.event;
  event.value = newest ? json(newest) : '';
  const action = whoAndWhy(t('letter.edit_example'));
  const trouble = el('div');
  const submit = el('button.primary', {type: 'submit'}, t('letter.keep'));
  const dialog = el('dialog.broad', {'aria-labelledby': 'edit-title', close: () => dialog.remove()},
    el('form', {submit: submitted => {
      submitted.preventDefault();
      event.setCustomValidity('');
      let changed;
      try {
        changed = JSON.parse(event.value);
      } catch (failure) {
        fill(trouble, el('div.complaint', {role: 'alert'}, el('p', {}, t('letter.no_json'), ' ', foreign(failure.message))));
        return;
      }
      during(submit, trouble, async () => {
        await post(`/v1/dead-letters/${deadLetter.id}/edit`, {event: changed, ...action.body()});
        dialog.close();
        location.hash = link('/replay', {ids: deadLetter.id});
      });
    }},
    el('h2', {id: 'edit-title'}, t('letter.edit_title', {id: String(deadLetter.id)})),
    el('p', {}, t('letter.edit_does', {type: payload.type ? el('b', {}, payload.type) : t('letter.stage_event')})),
    el('div.field', {}, el('label', {for: 'event'}, t('letter.event')), event),
    action.fields, trouble,
    el('div.actions', {}, submit, el('button', {type: 'button', click: () => dialog.close()}, t('action.cancel')))));
  document.body.append(dialog);
  dialog.showModal();
}
