// New providers on trial: how they compare with the others of their stages.

import {el, table} from './dom.js';
import {ago, cost, count, figure, millis, share, words} from './format.js';
import {t} from './texts.js';

/** A table of the comparisons; nothing if there are none. */
export function canaries(list) {
  if (!list.length) return null;
  return [
    el('h2', {}, t('canary.title')),
    table(t('canary.title'), [
      {title: t('canary.provider'), cell: row => [row.provider, el('span.muted', {}, t('canary.of', {stage: row.stage}))]},
      {title: t('col.share'), number: true, cell: row => share(row.share)},
      {title: t('canary.own'), cell: row => side(row.canary)},
      {title: t('canary.others'), cell: row => side(row.others)},
      {title: t('canary.causes'), class: 'prose', cell: row => Object.entries(row.causes).map(([cause, n]) => `${words(cause)} ${count(n)}`).join(t('app.comma'))},
      {title: t('canary.verdict'), cell: verdict},
      {title: t('col.since'), cell: row => ago(row.decided_at ?? row.began_at)},
    ], list),
  ];
}

const side = one => [
  t('canary.bad', {bad: count(one.bad), n: one.results}),
  el('div.muted', {}, [one.p95_ms === undefined ? null : t('canary.p95', {time: millis(one.p95_ms)}), one.cost === undefined ? null : t('canary.cost', {cost: cost(one.cost)})]
    .filter(Boolean).join(t('app.comma'))),
];

function verdict(row) {
  if (!row.verdict) return row.off ? t('control.switched_off') : t('canary.open', {n: figure(row.evidence)});
  return el(row.verdict === 'worse' ? 'span.badge.bad' : 'span.badge.plain', {title: row.why}, words(row.verdict));
}
