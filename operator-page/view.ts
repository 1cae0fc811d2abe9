import type { NodesAnswered } from 'nestjs-ws-security/admin';
import { explain } from './api.js';
import { type Child, h, present, warning } from './dom.js';
import { nodesText } from './texts.js';

/** One view: a title, its tools, and what the service answered. */
export abstract class View {
  readonly heading = h('h2', { tabindex: -1 });
  readonly body = h('div', { class: 'body' });
  readonly root: HTMLElement;
  readonly #note = h('p', { class: 'note', role: 'status' });
  #turn = 0;

  constructor(title: string, ...tools: Child[]) {
    this.heading.textContent = title;
    this.root = h('section', { 'aria-label': title }, this.heading, ...tools, this.#note, this.body);
  }

  /** What the service answers now. */
  protected abstract load(): Promise<Child[]>;

  show(): void {
    void this.refresh();
  }

  hide(): void {
    this.#turn++;
  }

  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    let children: Child[] = [];
    let note = '';
    try {
      children = await this.load();
    } catch (error) {
      note = explain(error);
    }
    // Another answer is under way, or another view is shown.
    if (turn !== this.#turn) return;
    this.say(note);
    this.body.replaceChildren(...present(children));
  }

  /** Whether new content would take away what the operator works with. */
  get isInUse(): boolean {
    const { anchorNode, isCollapsed = true } = getSelection() ?? {};
    const isMarked = !isCollapsed && this.body.contains(anchorNode ?? null);
    return isMarked || this.body.contains(document.activeElement);
  }

  protected say(text: string): void {
    if (this.#note.textContent !== text) this.#note.textContent = text;
  }
}

/** A warning if an answer lacks nodes. */
export function incomplete(nodes: NodesAnswered): Child {
  return nodes.answered < nodes.asked && warning(`Incomplete: only ${nodesText(nodes)} answered.`);
}
