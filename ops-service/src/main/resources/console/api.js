// Requests to ops-service: the API key, and problems as sentences.

import {askForKey} from './key.js';

const KEY = 'pawline.api-key';

/** A failed request, as a sentence for people. */
export class Problem extends Error {
  constructor(status, title, detail) {
    super([title, detail].filter(Boolean).map(sentence).join(' '));
    this.status = status;
  }
}

function sentence(text) {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + trimmed.slice(1) + (/[.!?]$/.test(trimmed) ? '' : '.');
}

export const hasKey = () => sessionStorage.getItem(KEY) !== null;

export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

let asking = null;

async function newKey(problem) {
  asking ??= askForKey(problem.message).then(key => sessionStorage.setItem(KEY, key)).finally(() => { asking = null; });
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
    throw new Problem(0, 'ops-service cannot be reached', 'It may be starting, or the way to it is broken');
  }
}

async function problemOf(response) {
  try {
    const problem = await response.json();
    return new Problem(response.status, problem.title, problem.detail === problem.title ? '' : problem.detail);
  } catch {
    return new Problem(response.status, `ops-service answered ${response.status}`, '');
  }
}

export async function get(path, signal) {
  return (await answer(path, {signal})).json();
}

export async function post(path, body, signal) {
  return (await answer(path, {method: 'POST', body, signal})).json();
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
