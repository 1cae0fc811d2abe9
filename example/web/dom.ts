/** The element of index.html with this id. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`index.html has no ${type.name} with the id ${id}`);
}

export function create<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A countdown in a live region. Screen readers can find it but do not announce every second. */
export function createTicker(id: string): HTMLElement {
  const ticker = create('span', 'ticker');
  ticker.id = id;
  ticker.setAttribute('role', 'timer');
  ticker.setAttribute('aria-live', 'off');
  return ticker;
}
