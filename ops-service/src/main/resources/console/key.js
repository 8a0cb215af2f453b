// The dialog that asks for an API key.

import {el} from './dom.js';
import {t} from './texts.js';

/** Resolves to what the person enters; asks until there is something. */
export function askForKey(why) {
  return new Promise(resolve => {
    const input = el('input', {id: 'key', name: 'key', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false'});
    const dialog = el('dialog', {'aria-labelledby': 'key-title', cancel: event => event.preventDefault()},
      el('form', {method: 'dialog', submit: event => {
        event.preventDefault();
        const key = input.value.trim();
        if (!key) return;
        dialog.close();
        dialog.remove();
        resolve(key);
      }},
      el('h2', {id: 'key-title'}, t('key.title')),
      el('p.muted', {}, why.title, ' ', el('span', {lang: 'en'}, why.detail)),
      el('label', {for: 'key'}, t('key.label')),
      input,
      el('p.hint', {}, t('key.hint', {command: el('code', {}, './pawline keys create'), read: el('code', {}, 'read'), operate: el('code', {}, 'operate')})),
      el('div.actions', {}, el('button.primary', {type: 'submit'}, t('key.continue')))));
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
