// Live controls: what is in force, and the dialogs that give them.

import {el, fill, table} from './dom.js';
import {get, post} from './api.js';
import {ago, count, moment, plural, rate, words} from './format.js';
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
  if (subject.startsWith('weight:')) return `tenant ${name}`;
  return subject.startsWith('task:') ? ['task ', taskLink(name)] : name;
}

const isSwitch = subject => Boolean(subject?.startsWith('off:'));

/** What a control does, for people. */
export function controlWords({subject, action, limit, weight, until}) {
  if (isSwitch(subject)) return action === 'pause' ? 'switched off' : 'switched on';
  switch (action) {
    case 'limit': return limit ? `limit of ${plural(limit, 'call')} per process` : 'configured limit';
    case 'clear_limit': return 'configured limit';
    case 'weight': return weight ? `weight of ${weight}` : 'configured weight';
    case 'clear_weight': return 'configured weight';
    case 'cool_down': return ['cool-down until ', moment(until)];
    default: return words(action);
  }
}

const given = control => [controlWords(control), ' by ', control.by, ', ', ago(control.at), ': ', control.why];

const send = path => body => post(`/v1/controls/${path}`, body);

/** The controls of a stage's card: what is in force or was done last, and the buttons. */
export function cardControls(name) {
  let stage = null;
  let controls = null;
  const notes = el('div.given');
  const pause = button(name, 'Pause', () => pauseStage(stage));
  const resume = button(name, 'Resume', () => resumeStage(stage, of(controls?.controls, `stage:${name}`)));
  const limit = button(name, 'Limit', () => limitStage(stage, of(controls?.controls, `limit:${name}`)));
  const coolDown = button(name, 'Cool down', () => coolProviderDown(stage));
  const off = button(name, 'Switch off', () => switchProviderOff(stage));
  return {
    element: el('div.controls', {}, notes, el('div.buttons', {role: 'group', 'aria-label': `Controls of ${name}`}, pause, resume, limit, coolDown, off)),
    update(now, all) {
      stage = now;
      controls = all;
      const subjects = [`stage:${name}`, `limit:${name}`, ...providersOf(now).flatMap(one => [`provider:${one}`, `off:${one}`])];
      const inForce = subjects.map(subject => of(all?.controls, subject)).filter(Boolean);
      const last = subjects.map(subject => of(all?.last, subject)).filter(Boolean).sort((a, b) => b.at.localeCompare(a.at)).slice(0, 1);
      fill(notes, inForce.length ? inForce.map(one => el('p.detail', {}, given(one)))
        : last.map(one => el('p.detail', {}, 'Last: ', given(one))));
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
  if (!controls) return el('p.muted', {}, 'Which live controls are in force is not known just now.');
  const shown = controls.controls.filter(one => one.action !== 'cancel');
  if (!shown.length && !controls.cancelled_tasks) return null;
  return [
    el('h2', {}, 'Live controls in force'),
    shown.length ? table('Live controls in force', [
      {title: 'On', cell: row => subjectWords(row.subject)},
      {title: 'What', cell: row => controlWords(row)},
      {title: 'By', cell: row => row.by},
      {title: 'Why', class: 'prose', cell: row => row.why},
      {title: 'Since', cell: row => ago(row.at)},
      {title: 'Undo', class: 'does', cell: row => el('button', {type: 'button', 'data-key': `undo ${row.subject}`, click: () => takeBack(row)}, 'Undo', el('span.unseen', {}, ` on ${row.subject}`))},
    ], shown) : null,
    controls.cancelled_tasks ? el('p.muted', {}, `${plural(controls.cancelled_tasks, 'cancelled task')} could still be met by a stage.`) : null,
  ];
}

function takeBack(control) {
  const name = control.subject.slice(control.subject.indexOf(':') + 1);
  if (isSwitch(control.subject)) switchProviderOn(name, control);
  else if (control.action === 'pause') resumeStage({stage: name}, control);
  else if (control.action === 'limit') clearLimit(name, control);
  else endCoolDown(name, control);
}

const because = control => control ? ['In force: ', ...given(control), '.'] : null;

function pauseStage(stage) {
  const waiting = stage.lag_net ?? stage.lag;
  confirmAction({
    title: `Pause ${stage.stage}`,
    text: [
      `No process of ${stage.stage} begins a further task. ${plural(stage.in_flight ?? 0, 'call')} under way will end as usual.`,
      `${waiting === null || waiting === undefined ? 'Its tasks' : plural(waiting, 'task')} will wait, and so will those that come; it begins ${rate(stage.per_second) ?? 'no'} calls a second now. Their deadlines keep running.`,
      'To undo it: Resume.',
    ],
    button: 'Pause', danger: true, example: 'The pictures are wrong.',
    work: send(`stages/${stage.stage}/pause`),
  });
}

function resumeStage(stage, control) {
  const waiting = stage.lag_net ?? stage.lag;
  confirmAction({
    title: `Resume ${stage.stage}`,
    text: [
      because(control),
      `The stage begins tasks again${waiting ? `; ${plural(waiting, 'task')} wait for it` : ''}.`,
      'To undo it: Pause.',
    ].filter(Boolean),
    button: 'Resume', example: 'It is mended.',
    work: send(`stages/${stage.stage}/resume`),
  });
}

function limitStage(stage, control) {
  const processes = stage.processes || 1;
  const number = el('input', {id: 'limit', name: 'limit', type: 'number', min: 1, max: 100_000, required: true,
    value: control?.limit ?? Math.max(1, Math.round((stage.limit ?? processes) / processes))});
  const sum = el('p.hint', {id: 'limit-sum', 'aria-live': 'polite'});
  const say = () => fill(sum, stage.processes
    ? `${plural(processes, 'process', 'processes')}: together at most ${count(processes * (Number(number.value) || 0))} at once, ${stage.limit === null ? 'now without a limit' : `now ${count(stage.limit)}`}.`
    : 'No process has made a call lately: how many there are is not known.');
  number.addEventListener('input', say);
  number.setAttribute('aria-describedby', 'limit-sum');
  say();
  confirmAction({
    title: `Limit ${stage.stage}`,
    text: [because(control), 'Calls under way end as usual. The adaptive limit may stay below this number. To undo it: press Undo beside it.'].filter(Boolean),
    fields: el('div.field', {}, el('label', {for: 'limit'}, 'Calls in flight of each process'), number, sum),
    button: 'Set the limit', example: 'The provider asked for less.',
    work: body => post(`/v1/controls/stages/${stage.stage}/limit`, {limit: Number(number.value), ...body}),
  });
}

function clearLimit(name, control) {
  confirmAction({
    title: `Configured limit of ${name}`,
    text: [because(control), 'Each process has the limit of its settings again.'].filter(Boolean),
    button: 'Use the configured limit', example: 'They can take more again.',
    work: send(`stages/${name}/clear-limit`),
  });
}

function coolProviderDown(stage) {
  const minutes = el('input', {id: 'minutes', name: 'minutes', type: 'number', min: 1, max: 1_440, required: true, value: 5});
  const path = `providers/${encodeURIComponent(stage.provider)}/cool-down`;
  confirmAction({
    title: `Cool ${stage.provider} down`,
    text: [
      `No process of any stage calls ${stage.provider} for so long. ${plural(stage.in_flight ?? 0, 'call')} of ${stage.stage} under way will end as usual. Tasks wait, and no attempt is counted.`,
      'A longer cool-down that is in force stays. To undo it: press Undo beside it.',
    ],
    fields: el('div.field', {}, el('label', {for: 'minutes'}, 'Minutes, 1,440 at most'), minutes),
    button: 'Cool down', danger: true, example: 'They announced maintenance.',
    work: body => post(`/v1/controls/${path}`, {seconds: 60 * Number(minutes.value), ...body}),
  });
}

/** The names of the providers that a stage called lately. */
const providersOf = stage => stage.providers?.length ? stage.providers.map(one => one.provider) : stage.provider ? [stage.provider] : [];

function switchProviderOff(stage) {
  const names = stage.providers?.length ? stage.providers.filter(one => !one.off).map(one => one.provider) : [stage.provider];
  const chosen = el('select', {id: 'provider', name: 'provider'}, names.map(one => el('option', {value: one}, one)));
  confirmAction({
    title: `Switch a provider of ${stage.stage} off`,
    text: [
      `No process of any stage calls the provider, until it is switched on. ${plural(stage.in_flight ?? 0, 'call')} of ${stage.stage} under way will end as usual.`,
      'Tasks go to the next provider of the stage. They wait if it has none, and their deadlines keep running.',
      'To undo it: press Undo beside it.',
    ],
    fields: el('div.field', {}, el('label', {for: 'provider'}, 'Provider'), chosen),
    button: 'Switch off', danger: true, example: 'Its pictures are wrong.',
    work: body => post(`/v1/controls/providers/${encodeURIComponent(chosen.value)}/switch-off`, body),
  });
}

function switchProviderOn(provider, control) {
  confirmAction({
    title: `Switch ${provider} on`,
    text: [because(control), `Every process may call ${provider} again at once.`].filter(Boolean),
    button: 'Switch on', example: 'Its pictures are right again.',
    work: send(`providers/${encodeURIComponent(provider)}/switch-on`),
  });
}

function endCoolDown(provider, control) {
  confirmAction({
    title: `End the cool-down of ${provider}`,
    text: [because(control), `Every process may call ${provider} again at once.`].filter(Boolean),
    button: 'End it', example: 'They are back.',
    work: send(`providers/${encodeURIComponent(provider)}/end-cool-down`),
  });
}

/** Cancels a task, and shows its page anew. */
export function cancelTask(id) {
  confirmAction({
    title: 'Cancel the task',
    text: 'No stage works on it any more, and its front end is notified that it is cancelled. A call under way is paid for. This cannot be undone.',
    button: 'Cancel the task', danger: true, example: 'The customer asked for it.',
    work: async body => {
      await post(`/v1/controls/tasks/${encodeURIComponent(id)}/cancel`, body);
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    },
  });
}
