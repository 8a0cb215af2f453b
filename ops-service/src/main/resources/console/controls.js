// Live controls: what is in force, and the dialogs that give them.

import {el, fill, table} from './dom.js';
import {get, post} from './api.js';
import {ago, count, figure, moment, rate} from './format.js';
import {t, word} from './texts.js';
import {confirmAction, taskLink} from './widgets.js';

/** What is in force; null while ops-service does not know it. */
export async function readControls(signal) {
  try {
    return await get('/v1/controls', signal);
  } catch (failure) {
    if (failure.status === 503) return null;
    throw failure;
  }
}

const of = (list, subject) => list?.find(one => one.subject === subject);

/** What a control is about, for people. */
export function subjectWords(subject) {
  const name = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('weight:')) return t('control.tenant', {tenant: name});
  return subject.startsWith('task:') ? t('control.task', {task: taskLink(name)}) : name;
}

const isSwitch = subject => Boolean(subject?.startsWith('off:'));

/** What a control does, for people. */
export function controlWords({subject, action, limit, weight, until}) {
  if (isSwitch(subject)) return action === 'pause' ? t('control.switched_off') : t('control.switched_on');
  switch (action) {
    case 'limit': return limit ? t('control.limit', {n: limit}) : t('control.configured');
    case 'clear_limit': return t('control.configured');
    case 'weight': return weight ? t('control.weight', {weight: figure(weight)}) : t('control.configured_weight');
    case 'clear_weight': return t('control.configured_weight');
    case 'cool_down': return t('control.cool_down', {time: moment(until)});
    default: return word(action);
  }
}

const given = control => t('control.given', {what: controlWords(control), by: control.by, ago: ago(control.at), why: control.why});

const send = path => body => post(`/v1/controls/${path}`, body);

/** The controls of a stage's card: what is in force or was done last, and the buttons. */
export function cardControls(name) {
  let stage = null;
  let controls = null;
  const notes = el('div.given');
  const pause = button(name, t('control.pause'), () => pauseStage(stage));
  const resume = button(name, t('control.resume'), () => resumeStage(stage, of(controls?.controls, `stage:${name}`)));
  const limit = button(name, t('control.set_limit'), () => limitStage(stage, of(controls?.controls, `limit:${name}`)));
  const coolDown = button(name, t('control.cool'), () => coolProviderDown(stage));
  const off = button(name, t('control.off'), () => switchProviderOff(stage));
  return {
    element: el('div.controls', {}, notes, el('div.buttons', {role: 'group', 'aria-label': t('control.of', {stage: name})}, pause, resume, limit, coolDown, off)),
    update(now, all) {
      stage = now;
      controls = all;
      const subjects = [`stage:${name}`, `limit:${name}`, ...providersOf(now).flatMap(one => [`provider:${one}`, `off:${one}`])];
      const inForce = subjects.map(subject => of(all?.controls, subject)).filter(Boolean);
      const last = subjects.map(subject => of(all?.last, subject)).filter(Boolean).sort((a, b) => b.at.localeCompare(a.at)).slice(0, 1);
      fill(notes, inForce.length ? inForce.map(one => el('p.detail', {}, given(one)))
        : last.map(one => el('p.detail', {}, t('control.last', {what: given(one)}))));
      const paused = all ? Boolean(of(inForce, `stage:${name}`)) : now.paused;
      show([[paused ? resume : pause, true], [paused ? pause : resume, false], [coolDown, Boolean(now.provider)],
        [off, providersOf(now).some(one => !of(inForce, `off:${one}`))]]);
    },
  };
}

/** Shows buttons and hides others; if one that is hidden had the focus, the first that is shown gets it. */
function show(buttons) {
  const focused = document.activeElement;
  for (const [element, visible] of buttons) element.hidden = !visible;
  if (buttons.some(([element, visible]) => element === focused && !visible)) buttons[0][0].focus();
}

const button = (name, text, click) => el('button', {type: 'button', click}, text, el('span.unseen', {}, ` ${name}`));

/** All that is in force, each with a way to take it back. */
export function inForce(controls) {
  if (!controls) return el('p.muted', {}, t('control.unknown'));
  const shown = controls.controls.filter(one => one.action !== 'cancel');
  if (!shown.length && !controls.cancelled_tasks) return null;
  return [
    el('h2', {}, t('control.in_force')),
    shown.length ? table(t('control.in_force'), [
      {title: t('col.on'), cell: row => subjectWords(row.subject)},
      {title: t('col.what'), cell: row => controlWords(row)},
      {title: t('col.by'), cell: row => row.by},
      {title: t('col.why'), class: 'prose', cell: row => row.why},
      {title: t('col.since'), cell: row => ago(row.at)},
      {title: t('control.undo'), class: 'does', cell: row => el('button', {type: 'button', 'data-key': `undo ${row.subject}`, click: () => takeBack(row)}, t('control.undo'), el('span.unseen', {}, t('control.undo_on', {action: word(row.action), subject: row.subject.slice(row.subject.indexOf(':') + 1)})))},
    ], shown) : null,
    controls.cancelled_tasks ? el('p.muted', {}, t('control.cancelled', {n: controls.cancelled_tasks})) : null,
  ];
}

function takeBack(control) {
  const name = control.subject.slice(control.subject.indexOf(':') + 1);
  if (isSwitch(control.subject)) switchProviderOn(name, control);
  else if (control.action === 'pause') resumeStage({stage: name}, control);
  else if (control.action === 'limit') clearLimit(name, control);
  else endCoolDown(name, control);
}

const because = control => control ? t('control.because', {what: given(control)}) : null;

const waitingFor = stage => stage.lag_net ?? stage.lag;

function pauseStage(stage) {
  const waiting = waitingFor(stage);
  const known = waiting !== null && waiting !== undefined;
  confirmAction({
    title: t('control.pause_title', {stage: stage.stage}),
    text: [
      t('control.pause_does', {stage: stage.stage, n: stage.in_flight ?? 0}),
      [known ? t('control.pause_waiting', {n: waiting}) : t('control.pause_waiting_unknown'), ' ',
        rate(stage.per_second) ? t('control.pause_rate', {rate: rate(stage.per_second)}) : '', ' ', t('control.pause_deadlines')],
      t('control.undo_by_resume'),
    ],
    button: t('control.pause'), danger: true, example: t('control.pause_example'),
    work: send(`stages/${stage.stage}/pause`),
  });
}

function resumeStage(stage, control) {
  const waiting = waitingFor(stage);
  confirmAction({
    title: t('control.resume_title', {stage: stage.stage}),
    text: [
      because(control),
      waiting ? t('control.resume_does_waiting', {n: waiting}) : t('control.resume_does'),
      t('control.undo_by_pause'),
    ].filter(Boolean),
    button: t('control.resume'), example: t('control.resume_example'),
    work: send(`stages/${stage.stage}/resume`),
  });
}

function limitStage(stage, control) {
  const processes = stage.processes || 1;
  const number = el('input', {id: 'limit', name: 'limit', type: 'number', min: 1, max: 100_000, required: true,
    value: control?.limit ?? Math.max(1, Math.round((stage.limit ?? processes) / processes))});
  const sum = el('p.hint', {id: 'limit-sum', 'aria-live': 'polite'});
  const say = () => fill(sum, stage.processes
    ? t(stage.limit === null || stage.limit === undefined ? 'control.limit_sum_none' : 'control.limit_sum',
      {n: processes, sum: count(processes * (Number(number.value) || 0)), now: count(stage.limit)})
    : t('control.limit_unknown'));
  number.addEventListener('input', say);
  number.setAttribute('aria-describedby', 'limit-sum');
  say();
  confirmAction({
    title: t('control.limit_title', {stage: stage.stage}),
    text: [because(control), t('control.limit_does')].filter(Boolean),
    fields: el('div.field', {}, el('label', {for: 'limit'}, t('control.limit_field')), number, sum),
    button: t('control.limit_button'), example: t('control.limit_example'),
    work: body => post(`/v1/controls/stages/${stage.stage}/limit`, {limit: Number(number.value), ...body}),
  });
}

function clearLimit(name, control) {
  confirmAction({
    title: t('control.clear_title', {stage: name}),
    text: [because(control), t('control.clear_does')].filter(Boolean),
    button: t('control.clear_button'), example: t('control.clear_example'),
    work: send(`stages/${name}/clear-limit`),
  });
}

function coolProviderDown(stage) {
  const minutes = el('input', {id: 'minutes', name: 'minutes', type: 'number', min: 1, max: 1_440, required: true, value: 5});
  const path = `providers/${encodeURIComponent(stage.provider)}/cool-down`;
  confirmAction({
    title: t('control.cool_title', {provider: stage.provider}),
    text: [
      t('control.cool_does', {provider: stage.provider, stage: stage.stage, n: stage.in_flight ?? 0}),
      t('control.cool_longer'),
    ],
    fields: el('div.field', {}, el('label', {for: 'minutes'}, t('control.cool_field')), minutes),
    button: t('control.cool'), danger: true, example: t('control.cool_example'),
    work: body => post(`/v1/controls/${path}`, {seconds: 60 * Number(minutes.value), ...body}),
  });
}

/** The names of the providers that a stage called lately. */
const providersOf = stage => stage.providers?.length ? stage.providers.map(one => one.provider) : stage.provider ? [stage.provider] : [];

function switchProviderOff(stage) {
  const names = stage.providers?.length ? stage.providers.filter(one => !one.off).map(one => one.provider) : [stage.provider];
  const chosen = el('select', {id: 'provider', name: 'provider'}, names.map(one => el('option', {value: one}, one)));
  confirmAction({
    title: t('control.off_title', {stage: stage.stage}),
    text: [t('control.off_does', {n: stage.in_flight ?? 0, stage: stage.stage}), t('control.off_wait'), t('control.off_undo')],
    fields: el('div.field', {}, el('label', {for: 'provider'}, t('control.off_field')), chosen),
    button: t('control.off'), danger: true, example: t('control.off_example'),
    work: body => post(`/v1/controls/providers/${encodeURIComponent(chosen.value)}/switch-off`, body),
  });
}

function switchProviderOn(provider, control) {
  confirmAction({
    title: t('control.on_title', {provider}),
    text: [because(control), t('control.end_does', {provider})].filter(Boolean),
    button: t('control.on'), example: t('control.on_example'),
    work: send(`providers/${encodeURIComponent(provider)}/switch-on`),
  });
}

function endCoolDown(provider, control) {
  confirmAction({
    title: t('control.end_title', {provider}),
    text: [because(control), t('control.end_does', {provider})].filter(Boolean),
    button: t('control.end_button'), example: t('control.end_example'),
    work: send(`providers/${encodeURIComponent(provider)}/end-cool-down`),
  });
}

/** Cancels a task, and shows its page anew. */
export function cancelTask(id) {
  confirmAction({
    title: t('control.cancel_title'),
    text: t('control.cancel_does'),
    button: t('control.cancel_title'), danger: true, example: t('control.cancel_example'),
    work: async body => {
      await post(`/v1/controls/tasks/${encodeURIComponent(id)}/cancel`, body);
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    },
  });
}
