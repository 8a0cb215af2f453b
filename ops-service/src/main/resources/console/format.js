// Numbers, times and words as people read them, in their language.

import {el} from './dom.js';
import {locale, t, word} from './texts.js';

const whole = new Intl.NumberFormat(locale, {maximumFractionDigits: 0});
const fine = new Intl.NumberFormat(locale, {maximumFractionDigits: 1, minimumFractionDigits: 1});
const two = new Intl.NumberFormat(locale, {maximumFractionDigits: 2, minimumFractionDigits: 2});
const upToTwo = new Intl.NumberFormat(locale, {maximumFractionDigits: 2});
const money = new Intl.NumberFormat(locale, {minimumFractionDigits: 2, maximumFractionDigits: 4});
const known = value => value !== null && value !== undefined;

export const count = value => known(value) ? whole.format(value) : null;

/** A rate: one decimal where it matters. */
export const rate = value => known(value) ? (value !== 0 && Math.abs(value) < 99.95 ? fine : whole).format(value) : null;

/** A figure of any kind, at most two decimals. */
export const figure = value => known(value) ? upToTwo.format(value) : null;

/** How often something was done for one, with two decimals. */
export const ratio = value => known(value) ? two.format(value) : null;

/** A share from 0 to 1. */
export const share = value => known(value) ? `${(value !== 0 && value < 0.1 ? fine : whole).format(value * 100)} %` : null;

export const cost = value => known(value) ? money.format(value) : null;

export const micros = value => known(value) ? cost(value / 1e6) : null;

export function millis(value) {
  if (!known(value)) return null;
  return value < 1_000 ? t('length.ms', {n: Math.round(value)}) : seconds(value / 1_000);
}

const UNITS = [[86_400, n => t('length.d', {n})], [3_600, n => t('length.h', {n})], [60, n => t('length.min', {n})], [1, n => t('length.s', {n})]];

/** A length of time, in its two largest units. */
export function seconds(value) {
  if (!known(value)) return null;
  if (value < 10) return t('length.s', {n: Number.isInteger(value) ? value : fine.format(value)});
  const all = Math.round(value);
  const first = Math.max(0, UNITS.findIndex(([size]) => all >= size));
  const [size, name] = UNITS[first];
  const parts = [name(Math.floor(all / size))];
  if (first + 1 < UNITS.length) {
    const [small, lesser] = UNITS[first + 1];
    const rest = Math.floor((all % size) / small);
    if (rest) parts.push(lesser(rest));
  }
  return parts.join(' ');
}

const clock = new Intl.DateTimeFormat(locale, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
const shortClock = new Intl.DateTimeFormat(locale, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
const day = new Intl.DateTimeFormat(locale, {day: 'numeric', month: 'short'});
const dayOfYear = new Intl.DateTimeFormat(locale, {day: 'numeric', month: 'short', year: 'numeric'});

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

export const minuteOfDay = at => shortClock.format(at);

/** How long ago, such as `3 min 20 s ago`. */
export function ago(iso) {
  if (!iso) return null;
  const passed = (Date.now() - new Date(iso)) / 1_000;
  return el('time', {datetime: iso, title: new Date(iso).toISOString()}, passed < 1 ? t('length.now') : t('length.ago', {length: seconds(passed)}));
}

/** A code such as `provider_error`, as the word of the language. */
export const words = code => known(code) ? word(code) : null;

/** The code of a reason, and what it means on hovering. */
export const reasonCode = reason => reason ? el('span.code', {title: word(reason, 'reason')}, reason) : null;

export const zone = () => {
  const minutes = -new Date().getTimezoneOffset();
  const hours = `${Math.floor(Math.abs(minutes) / 60)}`.padStart(2, '0');
  const rest = `${Math.abs(minutes) % 60}`.padStart(2, '0');
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === 'UTC' ? 'UTC' : `${name} (UTC${minutes < 0 ? '−' : '+'}${hours}:${rest})`;
};
