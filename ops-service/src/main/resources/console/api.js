// Requests to ops-service: the API key, and problems as sentences.

import {askForKey} from './key.js';
import {language, t, word} from './texts.js';

const KEY = 'pawline.api-key';

/** A failed request, as sentences for people: `title` in their language, and what ops-service says of it, which is English. */
export class Problem extends Error {
  constructor(status, title, detail) {
    super([title, detail].filter(Boolean).map(sentence).join(' '));
    this.status = status;
    this.title = sentence(title);
    this.detail = detail ? sentence(detail) : '';
  }
}

function sentence(text) {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?。！？]$/.test(trimmed) ? '' : t('problem.stop'));
}

let operator = null;

/** The name by which ops-service knows the person: of the key, or of whom a proxy has signed in; null: it knows none. */
export const operatorName = () => operator;

export const hasKey = () => sessionStorage.getItem(KEY) !== null;

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

let asking = null;

async function newKey(problem) {
  asking ??= askForKey(problem).then(key => sessionStorage.setItem(KEY, key)).finally(() => { asking = null; });
  return asking;
}

/** The answer of `path`, once there is a key that is taken. Throws a Problem for everything else. */
export async function answer(path, {method = 'GET', body, signal} = {}) {
  for (;;) {
    if (asking) await asking;
    const key = sessionStorage.getItem(KEY);
    const response = await send(path, {
      method,
      signal,
      cache: 'no-store',
      headers: {
        ...(key && {Authorization: `Bearer ${key}`}),
        ...(body !== undefined && {'Content-Type': 'application/json'}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const name = response.headers.get('Pawline-Operator');
    if (name && decodeURIComponent(name) !== operator) {
      operator = decodeURIComponent(name);
      window.dispatchEvent(new Event('operator'));
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (response.status !== 401) throw problem;
    // Another request may have got a new key in the meantime.
    if (key === sessionStorage.getItem(KEY)) await newKey(problem);
    signal?.throwIfAborted();
  }
}

async function send(path, options) {
  try {
    return await fetch(path, options);
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Problem(0, t('problem.unreachable'), t('problem.unreachable_why'));
  }
}

async function problemOf(response) {
  try {
    const problem = await response.json();
    return new Problem(response.status, titleOf(problem), problem.detail === problem.title ? '' : problem.detail);
  } catch {
    return new Problem(response.status, t('problem.answered', {status: String(response.status)}), '');
  }
}

/** The title of a problem; its type ends with the code. */
const titleOf = problem => language === 'en' ? problem.title : word(String(problem.type).split(':').at(-1).replaceAll('-', '_'), 'problem');

export async function get(path, signal) {
  return (await answer(path, {signal})).json();
}

export async function post(path, body, signal) {
  return (await answer(path, {method: 'POST', body, signal})).json();
}

/** Reads a stream of events: `heard(name, data)` for each, where `data` is parsed JSON. */
export async function events(path, signal, heard) {
  const reader = (await answer(path, {signal})).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      const line = name => part.split('\n').find(each => each.startsWith(name + ': '))?.slice(name.length + 2);
      heard(line('event'), JSON.parse(line('data')));
    }
  }
}

/** Saves what is at `path` as a file: a link alone would not carry the key. */
export async function save(path, name) {
  const address = URL.createObjectURL(await (await answer(path)).blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** `path` with these parameters; those that are empty are left out. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return given.length ? path + '?' + new URLSearchParams(given) : path;
}
