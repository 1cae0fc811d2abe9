import { shown } from './shown.js';

export type Child = Node | string | false | null | undefined;

/** Without what is not there. */
export function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => Boolean(child));
}

type Value = string | number | boolean | undefined | null | ((event: Event) => void);
type Props = Readonly<Record<string, Value>>;

/** Letters of a value in a list. */
const MOST_SHOWN = 64;

/** Makes an element. Texts become text nodes, and functions become listeners. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of a picture. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function fill<T extends Element>(made: T, props: Props, children: readonly Child[]): T {
  for (const [name, set] of Object.entries(props)) {
    if (typeof set === 'function') made.addEventListener(name, set);
    else if (set === true) made.setAttribute(name, '');
    else if (set !== false && set !== undefined && set !== null) made.setAttribute(name, String(set));
  }
  made.append(...present(children));
  return made;
}

/** The element of index.html with this id. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(id);
}

/** A text of a client, cut in lists. */
export function value(text: string, most = MOST_SHOWN): HTMLElement {
  const isCut = text.length > most;
  return h('bdi', isCut ? { title: shown(text, 1024) } : {}, shown(text, most));
}

/** A button in a text. */
export function link(text: Child, click: () => void): HTMLButtonElement {
  return h('button', { type: 'button', class: 'link', click }, text);
}

export function button(text: string, click: () => void, kind = 'quiet'): HTMLButtonElement {
  return h('button', { type: 'button', class: kind, click }, text);
}

/** A table that becomes a list of cards where there is no room. */
export function table(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const row = (cells: readonly Child[]): HTMLElement =>
    h('tr', {}, ...cells.map((cell, index) => h('td', { 'data-label': heads[index] }, cell)));
  const head = h('tr', {}, ...heads.map((text) => h('th', { scope: 'col' }, text)));
  return h(
    'table',
    {},
    h('caption', {}, label),
    h('thead', {}, head),
    h('tbody', {}, ...rows.map((cells) => row(cells))),
  );
}

export function warning(text: string): HTMLElement {
  return h('p', { class: 'warning' }, text);
}

export function muted(text: string): HTMLElement {
  return h('p', { class: 'muted' }, text);
}

/** Names and what they stand for. */
export function facts(entries: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  return h(
    'dl',
    {},
    ...entries.map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text || '–'))),
  );
}

export function labelled(
  text: string,
  field: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
  help = '',
): HTMLElement {
  return h('label', {}, h('span', {}, text), field, help !== '' && h('small', {}, help));
}

export function select(options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  return h('select', {}, ...options.map(([name, text]) => h('option', { value: name }, text)));
}
