// Charts over time, drawn by uPlot.

import uPlot from '/webjars/uplot/1.6.30/dist/uPlot.esm.js';
import {el} from './dom.js';
import {count, minuteOfDay, timeOfDay} from './format.js';
import {t} from './texts.js';

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');
const FONT = '12px system-ui, sans-serif';

/**
 * A chart that is as wide as its place. `series` are `{name, colour, fill, dash}`, the colours being names of CSS variables. All charts of
 * the same `group` share a cursor, which follows the mouse, a finger and the arrow keys. `summary` says in words what is seen; it makes way
 * for the values under the cursor.
 */
export function chart({label, series, group, height, signal}) {
  const summary = el('figcaption', {}, label);
  const unit = el('div.unit', {'aria-hidden': 'true'});
  const canvas = el('div.canvas', {'aria-hidden': 'true'});
  const figure = el('figure.chart', {tabindex: 0, 'aria-label': label, keydown: event => move(event)}, unit, canvas, summary);
  let words = label;
  let most = 1;
  let marks = [];
  let plot = null;

  const options = width => ({
    width,
    height,
    padding: [8, 14, 0, 0],
    legend: {show: false},
    cursor: {sync: {key: group}, points: {show: false}, drag: {setScale: false, x: false, y: false}, y: false},
    scales: {y: {range: () => [0, most]}},
    axes: [
      {stroke: () => colour('--muted'), grid: {show: false}, ticks: {stroke: () => colour('--line'), size: 4}, font: FONT,
        space: 64, size: 26, gap: 2, values: (_, ticks) => ticks.map(tick => minuteOfDay(new Date(tick * 1_000)))},
      {stroke: () => colour('--muted'), grid: {stroke: () => colour('--line'), width: 1}, ticks: {show: false}, font: FONT,
        space: 28, size: 36, gap: 4, values: (_, ticks) => ticks.map(tick => Number.isInteger(tick) ? count(tick) : '')},
    ],
    series: [{}, ...series.map(one => ({
      label: one.name,
      stroke: () => colour(one.colour),
      fill: one.fill ? () => colour(one.fill) : undefined,
      dash: one.dash,
      width: 1.25,
      points: {show: false},
      paths: uPlot.paths.stepped({align: 1}),
    }))],
    hooks: {
      setCursor: [shown => {
        const at = shown.cursor.idx;
        summary.textContent = at === null || at === undefined ? words : under(shown.data, at);
      }],
      draw: [shown => drawMarks(shown)],
    },
  });

  function under(data, at) {
    const begin = data[0][at];
    const step = data[0].length > 1 ? data[0][1] - data[0][0] : 0;
    return [`${timeOfDay(new Date(begin * 1_000))}${t('app.colon')}${series.map((one, index) => `${one.name} ${count(data[index + 1][at])}`).join(t('app.comma'))}`,
      ...marks.filter(mark => mark.at >= begin && mark.at < begin + step).map(mark => mark.text)].join(t('app.semicolon'));
  }

  /** What was changed, each as a dashed line with a small triangle at its top. */
  function drawMarks(shown) {
    const {ctx, bbox} = shown;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = colour('--busy');
    ctx.fillStyle = colour('--busy');
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    for (const mark of marks) {
      const x = Math.round(shown.valToPos(mark.at, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - 4 * ratio, bbox.top - 6 * ratio);
      ctx.lineTo(x + 4 * ratio, bbox.top - 6 * ratio);
      ctx.lineTo(x, bbox.top);
      ctx.fill();
    }
    ctx.restore();
  }

  function move(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!plot || !step) return;
    event.preventDefault();
    const last = plot.data[0].length - 1;
    const at = Math.max(0, Math.min(last, (plot.cursor.idx ?? (step < 0 ? last + 1 : -1)) + step));
    plot.setCursor({left: plot.valToPos(plot.data[0][at], 'x'), top: 10});
  }

  function touched(event) {
    if (!plot || !event.touches.length) return;
    const area = plot.over.getBoundingClientRect();
    plot.setCursor({left: event.touches[0].clientX - area.left, top: 10});
  }
  canvas.addEventListener('touchstart', touched, {passive: true});
  canvas.addEventListener('touchmove', touched, {passive: true});

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
    /**
     * Times in seconds, then the values of each series; `said` is what is seen, in words. `highest` is the top of the axis, the
     * same for all charts of a group; `per` is what its numbers are of; `changes` are `{at, text}`.
     */
    update(data, said, {highest, per, changes}) {
      words = said;
      most = Math.max(1, highest * 1.1);
      marks = changes;
      unit.textContent = per;
      if (plot) plot.setData(data);
      else plot = new uPlot(options(Math.max(120, canvas.clientWidth)), data, canvas);
      if (plot.cursor.idx === null || plot.cursor.idx === undefined) summary.textContent = words;
    },
  };
}
