// Pieces that several pages have.

import {add, el, fill, link, svg} from './dom.js';
import {Problem, forgetKey, hasKey, operatorName} from './api.js';
import {count, words} from './format.js';
import {language, t, word} from './texts.js';

/** The page's heading, which is also the tab's name, and what a screen reader reads first. */
export function title(place, text, ...beside) {
  document.title = `${text} · Pawline`;
  const heading = el('h1', {tabindex: -1}, text);
  add(place, el('div.heading', {}, heading, ...beside));
  heading.focus({preventScroll: true});
  window.scrollTo(0, 0);
}

const MEANING = {
  success: 'good', succeeded: 'good', replayed: 'good', done: 'good', delivered: 'good', closed: 'good',
  failed: 'bad', failed_again: 'bad', expired: 'bad', in_doubt: 'bad', aborted: 'bad', open: 'bad',
  replaying: 'busy', running: 'busy', processing: 'busy', accepted: 'busy', under_way: 'busy', half_open: 'warn', paused: 'warn', waiting: 'plain',
};

/** A state as a word with a mark; the colour only repeats what the word says. */
export function badge(state, text = words(state), meaning = MEANING[state] ?? 'plain') {
  return state ? el(`span.badge.${meaning}`, {}, text) : null;
}

/** An open dead letter is no alarm by itself. */
export const deadLetterBadge = state => badge(state, words(state), state === 'open' ? 'plain' : undefined);

/** What ops-service, a stage or a person wrote, which may be in another language than the page. */
export const foreign = text => text ? el('span', {lang: language === 'en' ? null : ''}, text) : null;

/** What went wrong, as a sentence; null if somebody left the page meanwhile, which is no failure. */
export function complaint(failure) {
  if (failure?.name === 'AbortError') return null;
  if (!(failure instanceof Problem)) console.error(failure);
  const known = failure instanceof Problem;
  return el('div.complaint', {role: 'alert'}, el('p', {}, known ? failure.title : t('app.failed'), ' ', foreign(known ? failure.detail : failure.message)),
    failure.status === 403 && hasKey() ? el('p', {}, el('button', {type: 'button', click: () => {
      forgetKey();
      location.reload();
    }}, t('app.other_key'))) : null);
}

/** What is said where there is nothing to show. */
export function nothing(title, ...what) {
  return el('div.nothing', {}, el('p.title', {}, title), what.length ? el('p', {}, ...what) : null);
}

/** Does `work` now and then every so often, while the page is open and looked at; failures are shown in `place`, and it goes on. */
export async function poll(signal, pause, place, work) {
  while (!signal.aborted) {
    if (!document.hidden) {
      try {
        const goOn = await work();
        fill(place);
        if (goOn === false) return;
      } catch (failure) {
        if (signal.aborted) return;
        fill(place, complaint(failure));
        if (failure.status === 403 || failure.status === 404) return;
      }
    }
    await new Promise(resolve => {
      const wake = () => { clearTimeout(timer); resolve(); };
      const timer = setTimeout(() => { signal.removeEventListener('abort', wake); resolve(); }, pause);
      signal.addEventListener('abort', wake, {once: true});
    });
  }
}

/** Does `work` while the button is off; a failure is shown in `place`. */
export async function during(button, place, work) {
  button.disabled = true;
  fill(place);
  try {
    return await work();
  } catch (failure) {
    fill(place, complaint(failure));
    return undefined;
  } finally {
    button.disabled = false;
  }
}

/** A horizontal bar of parts, each `{name, value, meaning}`; the numbers are beside it in words. */
export function parts(list) {
  const shown = list.filter(part => part.value > 0);
  const all = shown.reduce((sum, part) => sum + part.value, 0);
  let x = 0;
  const bar = svg('svg.parts', {viewBox: '0 0 1000 14', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, shown.map(part => {
    const width = 1_000 * part.value / all;
    const rect = svg(`rect.${part.meaning}`, {x, width, height: 14});
    x += width;
    return rect;
  }));
  return el('div.partition', {}, bar, el('ul.legend', {}, shown.map(part =>
    el(`li.${part.meaning}`, {}, el('b', {}, count(part.value)), ' ', part.name))));
}

/** A bar from nothing to all, for a number in a table. */
export function meter(value, meaning = 'plain') {
  const width = Math.max(0, Math.min(1, value || 0)) * 100;
  return svg('svg.meter', {viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
    svg('rect.rail', {width: 100, height: 6}), svg(`rect.${meaning}`, {width, height: 6}));
}

/** Counts over time as small bars, `spans` being `{from, count}`, in equal steps from `begin` to `end` (milliseconds). */
export function spark(spans, stepSeconds, begin, end, label) {
  const step = stepSeconds * 1_000;
  const bins = Math.max(1, Math.ceil((end - begin) / step));
  const values = new Array(bins).fill(0);
  for (const span of spans) {
    const bin = Math.floor((new Date(span.from) - begin) / step);
    if (bin >= 0 && bin < bins) values[bin] += span.count;
  }
  const most = Math.max(1, ...values);
  return svg('svg.spark', {viewBox: `0 0 ${bins * 4} 24`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label},
    svg('rect.rail', {y: 23.5, width: bins * 4, height: 0.5}),
    values.map((value, index) => value
      ? svg('rect.bar', {x: index * 4, y: 24 - Math.max(1.5, 24 * value / most), width: 3, height: Math.max(1.5, 24 * value / most)})
      : null));
}

const NAME = 'pawline.name';

/** Fields for who and why, which every action needs for the audit. */
export function whoAndWhy(example) {
  const name = el('input', {id: 'by', name: 'by', required: !operatorName(), maxlength: 200, autocomplete: 'name', value: localStorage.getItem(NAME) ?? ''});
  const why = el('textarea', {id: 'why', name: 'why', required: true, minlength: 5, maxlength: 1000, rows: 2, placeholder: example});
  return {
    fields: [
      el('div.field', {}, el('label', {for: 'why'}, t('action.why')), why),
      el('div.field', {}, el('label', {for: 'by'}, operatorName() ? t('action.name_optional', {name: operatorName()}) : t('action.name')), name),
    ],
    body() {
      const by = name.value.trim();
      localStorage.setItem(NAME, by);
      return {why: why.value.trim().replace(/\s+/g, ' '), ...(by && {by})};
    },
  };
}

/**
 * Asks in a dialog for who and why before something is done; `work` gets them. It closes when the work is done. `text` is
 * one paragraph or several, `fields` are those that the action needs besides.
 */
export function confirmAction({title, text, fields = [], button, example, danger = false, work}) {
  const action = whoAndWhy(example);
  const place = el('div');
  const submit = el(danger ? 'button.danger' : 'button.primary', {type: 'submit'}, button);
  const dialog = el('dialog', {'aria-labelledby': 'action-title', close: () => dialog.remove()},
    el('form', {submit: event => {
      event.preventDefault();
      during(submit, place, async () => {
        await work(action.body());
        dialog.close();
      });
    }},
    el('h2', {id: 'action-title'}, title),
    [text ?? []].flat().map(paragraph => el('p', {}, paragraph)),
    fields, action.fields, place,
    el('div.actions', {}, submit, el('button', {type: 'button', click: () => dialog.close()}, t('action.cancel')))));
  document.body.append(dialog);
  dialog.showModal();
}

/** A filter in words. */
export function filterWords(filter) {
  const entries = Object.entries(filter ?? {}).filter(([, value]) => value !== '');
  if (!entries.length) return t('filter.all');
  return entries.map(([name, value]) => name === 'ids'
    ? (String(value).split(',').length > 3 ? t('filter.chosen', {n: String(value).split(',').length}) : t('filter.one', {id: String(value)}))
    : t('filter.part', {name: word(name, 'filter'), value: name === 'state' ? words(value) : String(value)})).join(t('app.comma'));
}

export const taskLink = id => id ? el('a.mono', {href: link(`/tasks/${encodeURIComponent(id)}`), title: id}, shortId(id)) : null;

/** The end of a UUIDv7 distinguishes it: those of one time begin alike. */
export const shortId = id => id.length > 12 ? `…${id.slice(-12)}` : id;
