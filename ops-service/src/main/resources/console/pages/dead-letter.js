// One dead letter and all that is known of it.

import {el, fill, facts, link, table} from '../dom.js';
import {get, post, save} from '../api.js';
import {ago, micros, millis, moment, plural, words} from '../format.js';
import {badge, confirmAction, during, deadLetterBadge, nothing, shortId, taskLink, title, whoAndWhy} from '../widgets.js';
import {skippedWords} from './replay.js';

export async function deadLetterPage(place, {parts: [id], signal}) {
  const found = await get(`/v1/dead-letters/${id}`, signal);
  const {letter: deadLetter, payload, headers, calls, versions = [], replays = [], task} = found;
  title(place, `Dead letter #${deadLetter.id}`, deadLetterBadge(deadLetter.state));
  place.append(
    el('p.lead', {}, 'Given up by ', el('b', {}, deadLetter.stage), ' as ', el('b.code', {}, deadLetter.reason), ', ', ago(deadLetter.failed_at), ', after ', plural(deadLetter.attempts, 'attempt'), '.'),
    el('blockquote.detail', {}, deadLetter.detail),
    actions(deadLetter, payload, versions),
    facts(
      ['Provider said', deadLetter.provider_code],
      ['Died', moment(deadLetter.failed_at)],
      ['First failed', moment(deadLetter.first_failed_at)],
      ['Submitted', moment(deadLetter.submitted_at)],
      ['Task', taskLink(deadLetter.task_id)],
      ['Generation', deadLetter.generation],
      ['Tenant', deadLetter.tenant],
      ['Style', deadLetter.style],
      ['Client reference', deadLetter.client_ref],
      ['In Kafka', el('span.mono', {}, `${deadLetter.topic} ${deadLetter.partition}:${deadLetter.offset}`)]),
    since(deadLetter, task, replays),
    el('section', {}, el('h2', {}, 'Every attempt'), attempts(calls)),
    content(deadLetter, payload),
    edited(versions),
    el('section', {}, el('h2', {}, 'Headers'), headers.length ? table('Headers of the record', [
      {title: 'Name', class: 'mono', cell: header => header.name},
      {title: 'Value', class: 'mono wrap', cell: header => header.text ?? (header.hex === undefined ? null : `0x${header.hex}`)},
    ], headers) : nothing('The record has no headers.')));
}

function actions(deadLetter, payload, versions) {
  if (deadLetter.state !== 'open') return null;
  return el('div.actions', {},
    el('a.button.primary', {href: link('/replay', {ids: deadLetter.id})}, 'Replay…'),
    el('button', {type: 'button', disabled: !deadLetter.task_id, click: () => edit(deadLetter, payload, versions)}, 'Edit and replay…'),
    el('button', {type: 'button', click: () => confirmAction({
      title: `Discard dead letter #${deadLetter.id}`, text: 'It leaves the open list and stays in the history.', button: 'Discard', danger: true,
      example: 'A test photo of our own, nobody waits for it.',
      work: async action => {
        await post('/v1/dead-letters/discard', {filter: {ids: String(deadLetter.id)}, ...action});
        window.dispatchEvent(new HashChangeEvent('hashchange'));
      },
    })}, 'Discard…'));
}

function since(deadLetter, task, replays) {
  const what = !task
    ? deadLetter.task_id ? 'The database does not know its task.' : 'It belongs to no task that is known.'
    : null;
  return el('section', {}, el('h2', {}, 'What happened since'),
    what ? el('p', {}, what) : facts(
      ['The task is', [badge(task.state), task.reason ? [' ', el('span.code', {}, task.reason)] : null]],
      ['Because', task.message],
      ['Generation', task.generation === deadLetter.generation ? `${task.generation}, that of this dead letter` : `${task.generation}; this dead letter is of ${deadLetter.generation}`],
      ['Ended', moment(task.ended_at)],
      ['Front end notified', task.delivered_at ? moment(task.delivered_at) : 'not yet']),
    replays.length ? table('Replays it was in', [
      {title: 'Replay', cell: row => el('a.mono', {href: link(`/replays/${row.replay_id}`)}, shortId(row.replay_id))},
      {title: 'Outcome', cell: row => badge(row.outcome ?? (row.state === 'published' ? 'under_way' : row.state))},
      {title: 'Generation', number: true, cell: row => row.generation},
      {title: 'Why', class: 'prose', cell: row => row.skipped ? skippedWords(row.skipped) : row.reason ? el('span.code', {}, row.reason) : null},
    ], replays, {titled: true}) : null);
}

function edited(versions) {
  if (!versions.length) return null;
  return el('section', {}, el('h2', {}, 'Edited'), versions.map(version => [
    el('p', {}, el('b', {}, `Version ${version.version}`), ', by ', version.by, ', ', moment(version.at), ': ', version.why),
    version.event ? block(`Version ${version.version}`, json(version.event)) : null,
  ]), el('p.muted', {}, 'The newest version is what is replayed.'));
}

function attempts(calls) {
  if (!calls.length) return nothing('The ledger has no call for it.', 'No call was made, or it is older than the ledger keeps.');
  return table('Calls for this task, the oldest first', [
    {title: 'Began', cell: call => moment(call.started_at)},
    {title: 'Stage', cell: call => call.stage},
    {title: 'Generation', number: true, cell: call => call.generation},
    {title: 'Attempt', number: true, cell: call => call.attempt},
    {title: 'Outcome', cell: call => [call.outcome ? badge(call.outcome) : badge('under_way'), call.orphaned ? [' ', badge('orphaned', 'orphaned', 'warn')] : null]},
    {title: 'Reason', cell: call => call.reason ? el('span.code', {}, call.reason) : null},
    {title: 'Phase', cell: call => words(call.phase)},
    {title: 'Answer', cell: call => [call.http_status, call.provider_code].filter(Boolean).join(' ')},
    {title: 'Request id', class: 'mono', cell: call => call.request_id},
    {title: 'Took', number: true, cell: call => millis(call.duration_ms)},
    {title: 'Billed', cell: call => call.billed},
    {title: 'Cost', number: true, cell: call => micros(call.cost_micros)},
  ], calls, {wide: true});
}

function content(deadLetter, payload) {
  const trouble = el('div');
  const download = el('button', {type: 'button', click: event => during(event.target, trouble,
    () => save(`/v1/dead-letters/${deadLetter.id}/payload`, `dead-letter-${deadLetter.id}.bin`))}, `Download (${plural(payload.bytes, 'byte')})`);
  const heading = el('div.heading', {}, el('h2', {}, 'Payload'), download);
  if (payload.event) {
    return el('section', {}, heading, trouble, el('div.columns', {},
      block(payload.type, json(payload.event)), block('Its schema', schemaLines(payload.schema))));
  }
  return el('section', {}, heading, trouble,
    el('p', {}, deadLetter.undecodable ? `Its bytes are no event: ${deadLetter.undecodable}` : 'Its bytes are no event, or the schema registry is away.'),
    el('div.columns', {}, block('Hex', hexDump(payload.hex)), block('Text', payload.text)));
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
  if (type.type === 'array') return `array of ${typeName(type.items)}`;
  if (type.type === 'map') return `map of ${typeName(type.values)}`;
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
  return lines.join('\n') || '(no bytes)';
}

function edit(deadLetter, payload, versions) {
  const event = el('textarea.mono', {id: 'event', name: 'event', rows: 16, required: true, spellcheck: 'false'});
  const newest = versions.at(-1)?.event ?? payload.event;
  event.value = newest ? json(newest) : '';
  const action = whoAndWhy('The style has a typing error.');
  const trouble = el('div');
  const submit = el('button.primary', {type: 'submit'}, 'Keep as a new version');
  const dialog = el('dialog.broad', {'aria-labelledby': 'edit-title', close: () => dialog.remove()},
    el('form', {submit: submitted => {
      submitted.preventDefault();
      event.setCustomValidity('');
      let changed;
      try {
        changed = JSON.parse(event.value);
      } catch (failure) {
        fill(trouble, el('div.complaint', {role: 'alert'}, el('p', {}, 'This is no well-formed JSON: ' + failure.message)));
        return;
      }
      during(submit, trouble, async () => {
        await post(`/v1/dead-letters/${deadLetter.id}/edit`, {event: changed, ...action.body()});
        dialog.close();
        location.hash = link('/replay', {ids: deadLetter.id});
      });
    }},
    el('h2', {id: 'edit-title'}, `Edit dead letter #${deadLetter.id}`),
    el('p', {}, 'The original stays; the newest version is what is replayed. It is checked against the schema of ', payload.type ? el('b', {}, payload.type) : 'the stage’s event', '. A dry run follows.'),
    el('div.field', {}, el('label', {for: 'event'}, 'Event'), event),
    action.fields, trouble,
    el('div.actions', {}, submit, el('button', {type: 'button', click: () => dialog.close()}, 'Cancel'))));
  document.body.append(dialog);
  dialog.showModal();
}
