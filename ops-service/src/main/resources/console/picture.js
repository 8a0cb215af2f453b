// A picture of the report as elements. The browser parses nothing of it: only known shapes and texts are made, which load and run nothing.

import {svg} from './dom.js';

const TAGS = new Set(['svg', 'defs', 'pattern', 'rect', 'line', 'circle', 'path', 'text']);
const ATTRIBUTES = new Set(['class', 'id', 'viewBox', 'role', 'aria-label', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'd', 'width', 'height',
  'fill', 'text-anchor', 'patternUnits', 'patternTransform']);
const ENTITIES = {amp: '&', lt: '<', gt: '>', quot: '"', '#39': '\''};

const unescaped = text => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name]);

/** The element for an SVG as ops-service writes it; what it does not know is left out. */
export function picture(text) {
  const open = [];
  let whole = null;
  for (const [, ends, tag, attributes, closed, between] of text.matchAll(/<(\/?)([a-zA-Z]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>([^<]*)/g)) {
    if (ends) {
      open.pop();
    } else {
      const element = TAGS.has(tag) ? svg(tag, attributesOf(attributes)) : svg('g');
      open.at(-1)?.append(element);
      whole ??= element;
      if (!closed) open.push(element);
      if (tag === 'text') element.append(unescaped(between));
    }
  }
  return whole;
}

function attributesOf(text) {
  return Object.fromEntries([...text.matchAll(/([\w-]+)="([^"]*)"/g)]
    .filter(([, name]) => ATTRIBUTES.has(name)).map(([, name, value]) => [name, unescaped(value)]));
}
