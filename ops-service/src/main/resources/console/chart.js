// Charts over time, drawn by uPlot.

import uPlot from '/webjars/uplot/1.6.30/dist/uPlot.esm.js';
import {el} from './dom.js';
import {timeOfDay} from './format.js';

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');

/**
 * A chart that is as wide as its place. `series` are `{name, colour, fill, line}`, the colours being names of CSS variables. All charts of
 * the same `group` share a cursor. `summary` says in words what is seen; it makes way for the values under the cursor.
 */
export function chart({label, series, group, height, signal}) {
  const summary = el('figcaption', {}, label);
  const canvas = el('div.canvas', {'aria-hidden': 'true'});
  const figure = el('figure.chart', {}, canvas, summary);
  let words = label;
  let plot = null;

  const options = width => ({
    width,
    height,
    padding: [8, 14, 0, 0],
    legend: {show: false},
    cursor: {sync: {key: group}, points: {show: false}, drag: {setScale: false, x: false, y: false}, y: false},
    scales: {y: {range: (_, __, most) => [0, Math.max(1, most * 1.1)]}},
    axes: [
      {stroke: () => colour('--muted'), grid: {show: false}, ticks: {stroke: () => colour('--line'), size: 4}, font: '12px system-ui, sans-serif',
        space: 64, size: 26, gap: 2, values: (_, ticks) => ticks.map(tick => timeOfDay(new Date(tick * 1_000)).slice(0, 5))},
      {stroke: () => colour('--muted'), grid: {stroke: () => colour('--line'), width: 1}, ticks: {show: false}, font: '12px system-ui, sans-serif',
        space: 28, size: 36, gap: 4, values: (_, ticks) => ticks.map(tick => Number.isInteger(tick) ? tick : '')},
    ],
    series: [{}, ...series.map(one => ({
      label: one.name,
      stroke: () => colour(one.colour),
      fill: one.fill ? () => colour(one.fill) : undefined,
      width: 1.25,
      points: {show: false},
      paths: uPlot.paths.stepped({align: 1}),
    }))],
    hooks: {setCursor: [shown => {
      const at = shown.cursor.idx;
      summary.textContent = at === null || at === undefined ? words
        : `${timeOfDay(new Date(shown.data[0][at] * 1_000))}: ` + series.map((one, index) => `${one.name} ${shown.data[index + 1][at]}`).join(', ');
    }]},
  });

  const resized = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0) plot?.setSize({width, height});
  });
  resized.observe(canvas);
  const recolour = () => plot?.redraw();
  dark.addEventListener('change', recolour);
  signal.addEventListener('abort', () => {
    resized.disconnect();
    dark.removeEventListener('change', recolour);
    plot?.destroy();
  }, {once: true});

  return {
    figure,
    /** Times in seconds, then the values of each series; `said` is what is seen, in words. */
    update(data, said) {
      words = said;
      if (plot) plot.setData(data);
      else plot = new uPlot(options(Math.max(120, canvas.clientWidth)), data, canvas);
      if (plot.cursor.idx === null || plot.cursor.idx === undefined) summary.textContent = words;
    },
  };
}
