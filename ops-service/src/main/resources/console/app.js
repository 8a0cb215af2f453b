// The console shows one page at a time: the part of the address behind the # names it.

import {add, el, fill} from './dom.js';
import {zone} from './format.js';
import {LANGUAGES, language, speak, t} from './texts.js';
import {complaint, title} from './widgets.js';
import {forgetKey, hasKey, operatorName} from './api.js';
import {livePage} from './pages/live.js';
import {reportPage} from './pages/report.js';
import {taskPage} from './pages/task.js';
import {deadLettersPage} from './pages/dead-letters.js';
import {deadLetterPage} from './pages/dead-letter.js';
import {planPage, replayPage} from './pages/replay.js';
import {replaysPage, progressPage} from './pages/replays.js';
import {auditPage} from './pages/audit.js';

/** Each page gets where to draw, the parts of its address, its parameters, and a signal for when it is left. */
const PAGES = [
  [/^\/live$/, livePage],
  [/^\/report$/, reportPage],
  [/^\/tasks(?:\/([^/]+))?$/, taskPage],
  [/^\/letters$/, deadLettersPage],
  [/^\/letters\/(\d+)$/, deadLetterPage],
  [/^\/replay$/, replayPage],
  [/^\/plans\/([^/]+)$/, planPage],
  [/^\/replays$/, replaysPage],
  [/^\/replays\/([^/]+)$/, progressPage],
  [/^\/audit$/, auditPage],
];

const MENU = [['/live', t('live.title')], ['/report', t('report.title')], ['/tasks', t('task.title')], ['/letters', t('letters.title')], ['/replays', t('replays.title')], ['/audit', t('audit.title')]];

let leave = new AbortController();

async function show() {
  leave.abort();
  leave = new AbortController();
  document.querySelectorAll('dialog').forEach(dialog => { if (dialog.querySelector('#key') === null) dialog.remove(); });
  const [path, search = ''] = (location.hash.replace(/^#/, '') || '/live').split('?');
  menu(path);
  const main = document.getElementById('main');
  const place = el('div.page');
  main.replaceChildren(place);
  for (const [pattern, page] of PAGES) {
    const match = pattern.exec(path);
    if (match) {
      const signal = leave.signal;
      try {
        await page(place, {parts: match.slice(1).map(part => part && decodeURIComponent(part)), query: Object.fromEntries(new URLSearchParams(search)), signal});
      } catch (failure) {
        if (!signal.aborted) add(place, complaint(failure));
      }
      return;
    }
  }
  title(place, t('app.no_page'));
}

function menu(path) {
  const area = '/' + path.split('/')[1];
  const current = ['/replay', '/plans'].includes(area) ? '/replays' : area;
  fill(document.getElementById('nav'), el('ul', {}, MENU.map(([target, name]) =>
    el('li', {}, el('a', {href: '#' + target, 'aria-current': target === current ? 'page' : null}, name)))));
  foot();
}

function foot() {
  fill(document.getElementById('foot'),
    el('span', {}, t('app.times', {zone: zone()})),
    Object.entries(LANGUAGES).filter(([code]) => code !== language).map(([code, name]) =>
      el('button.plain', {type: 'button', lang: code === 'zh' ? 'zh-Hans' : code, click: () => speak(code)}, name)),
    operatorName() ? el('span', {}, t('app.operator', {name: operatorName()})) : null,
    hasKey() ? el('button.plain', {type: 'button', click: () => { forgetKey(); location.reload(); }}, t('app.forget_key')) : null);
}

document.getElementById('skip').textContent = t('app.skip');
document.getElementById('nav').setAttribute('aria-label', t('app.pages'));
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  document.getElementById('main').focus();
});
window.addEventListener('hashchange', show);
window.addEventListener('operator', foot);
show();
