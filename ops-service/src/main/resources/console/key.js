// The dialog that asks for an API key.

import {el} from './dom.js';

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
      el('h2', {id: 'key-title'}, 'API key'),
      el('p.muted', {}, why),
      el('label', {for: 'key'}, 'Key'),
      input,
      el('p.hint', {}, 'It stays in this tab and is forgotten when the tab is closed. ',
        el('code', {}, './pawline keys create'), ' makes one: scope ', el('code', {}, 'read'), ' to look, ',
        el('code', {}, 'operate'), ' to replay and discard.'),
      el('div.actions', {}, el('button.primary', {type: 'submit'}, 'Continue'))));
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
