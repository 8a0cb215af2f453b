// The texts of the console in the language of the reader: `texts/en.json` and `texts/zh.json` have the same keys.

/** The languages that there are, each by its own name. */
export const LANGUAGES = {en: 'English', zh: '中文'};

const LOCALES = {en: 'en-GB', zh: 'zh-CN'};
const TAGS = {en: 'en', zh: 'zh-Hans'};

/** The language of the address (`/?lang=zh#/live`), of the cookie that keeps a choice, or of the browser. */
export const language = chosen();

/** How numbers and dates are written. */
export const locale = LOCALES[language];

/** What the language is called in HTML. */
export const tag = TAGS[language];

document.documentElement.lang = tag;

const bundle = await (await fetch(`texts/${language}.json`, {cache: 'no-cache'})).json();
const plurals = new Intl.PluralRules(locale);
const whole = new Intl.NumberFormat(locale, {maximumFractionDigits: 0});

function chosen() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (Object.hasOwn(LANGUAGES, asked ?? '')) keep(asked);
  const kept = /(?:^|;\s*)pawline_lang=(en|zh)(?:;|$)/.exec(document.cookie)?.[1];
  return kept ?? navigator.languages.map(one => one.slice(0, 2).toLowerCase()).find(one => Object.hasOwn(LANGUAGES, one)) ?? 'en';
}

function keep(chosenLanguage) {
  document.cookie = `pawline_lang=${chosenLanguage}; path=/; max-age=31536000; samesite=strict`;
}

/** Shows the same page in another language, also the next time. */
export function speak(other) {
  keep(other);
  const address = new URL(location.href);
  if (address.searchParams.has('lang')) {
    address.searchParams.set('lang', other);
    location.replace(address);
  } else {
    location.reload();
  }
}

/**
 * The text of a key, with values in the place of `{name}`. A number is written as the language writes it, and `n` chooses
 * between singular and plural. With an element among the values it is a list of parts, which `el` takes.
 */
export function t(key, values = {}) {
  if (!Object.hasOwn(bundle, key)) throw new Error(`no text has the key ${key}`);
  const given = bundle[key];
  const text = typeof given === 'string' ? given : given[plurals.select(values.n)] ?? given.other;
  const parts = text.split(/\{(\w+)\}/).map((part, index) => index % 2 ? shown(values[part]) : part)
    .flat(Infinity).filter(part => part !== '' && part !== null && part !== undefined && part !== false);
  return parts.every(part => typeof part === 'string') ? parts.join('') : parts;
}

const shown = value => typeof value === 'number' ? whole.format(value) : value;

/** The word for a code of the API, such as `code.failed_again`; a code that is new to the console is shown as it is. */
export function word(code, kind = 'code') {
  if (code === null || code === undefined) return null;
  return Object.hasOwn(bundle, `${kind}.${code}`) ? bundle[`${kind}.${code}`] : String(code).replaceAll('_', ' ');
}
