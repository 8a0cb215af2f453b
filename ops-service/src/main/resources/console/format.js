// Numbers, times and words as people read them.

import {el} from './dom.js';

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const fine = new Intl.NumberFormat('en', {maximumFractionDigits: 1, minimumFractionDigits: 1});
const upToTwo = new Intl.NumberFormat('en', {maximumFractionDigits: 2});
const money = new Intl.NumberFormat('en', {minimumFractionDigits: 2, maximumFractionDigits: 4});
const known = value => value !== null && value !== undefined;

export const count = value => known(value) ? whole.format(value) : null;

/** A rate: one decimal where it matters. */
export const rate = value => known(value) ? (value !== 0 && Math.abs(value) < 99.95 ? fine : whole).format(value) : null;

/** A figure of any kind, at most two decimals. */
export const figure = value => known(value) ? upToTwo.format(value) : null;

/** A share from 0 to 1. */
export const share = value => known(value) ? `${(value * 100).toFixed(value !== 0 && value < 0.1 ? 1 : 0)} %` : null;

export const cost = value => known(value) ? money.format(value) : null;

export const micros = value => known(value) ? cost(value / 1e6) : null;

export function millis(value) {
  if (!known(value)) return null;
  return value < 1_000 ? `${Math.round(value)} ms` : seconds(value / 1_000);
}

/** A length of time, in its two largest units. */
export function seconds(value) {
  if (!known(value)) return null;
  if (value < 10) return `${fine.format(value)} s`;
  const all = Math.round(value);
  const units = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];
  const first = Math.max(0, units.findIndex(([, size]) => all >= size));
  const [name, size] = units[first];
  const parts = [`${Math.floor(all / size)} ${name}`];
  if (first + 1 < units.length) {
    const [lesser, small] = units[first + 1];
    const rest = Math.floor((all % size) / small);
    if (rest) parts.push(`${rest} ${lesser}`);
  }
  return parts.join(' ');
}

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});
const dayOfYear = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short', year: 'numeric'});

/** A moment in the reader's time zone: the time alone if it is today's; the whole of it, in UTC, on hovering. */
export function moment(iso) {
  if (!iso) return null;
  const at = new Date(iso);
  const now = new Date();
  const date = at.toDateString() === now.toDateString() ? ''
    : (at.getFullYear() === now.getFullYear() ? day : dayOfYear).format(at) + ' ';
  return el('time', {datetime: iso, title: at.toISOString()}, date + clock.format(at));
}

export const timeOfDay = at => clock.format(at);

/** How long ago, such as `3 min 20 s ago`. */
export function ago(iso) {
  if (!iso) return null;
  const passed = (Date.now() - new Date(iso)) / 1_000;
  return el('time', {datetime: iso, title: new Date(iso).toISOString()}, passed < 1 ? 'just now' : `${seconds(passed)} ago`);
}

/** A code such as `provider_error`, for the eye. */
export const words = code => known(code) ? String(code).replaceAll('_', ' ') : null;

export const plural = (number, one, many = one + 's') => `${count(number)} ${number === 1 ? one : many}`;

export const zone = () => {
  const minutes = -new Date().getTimezoneOffset();
  const hours = `${Math.floor(Math.abs(minutes) / 60)}`.padStart(2, '0');
  const rest = `${Math.abs(minutes) % 60}`.padStart(2, '0');
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === 'UTC' ? 'UTC' : `${name} (UTC${minutes < 0 ? '−' : '+'}${hours}:${rest})`;
};
