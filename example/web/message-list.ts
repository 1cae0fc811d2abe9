import type { ChatMessage } from '../chat-events.js';
import { create, element } from './dom.js';

/** Limits the memory of a tab that stays open for days. */
const MAX_ENTRIES = 500;
const BOTTOM_TOLERANCE_PX = 48;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** The messages. Scrolls to new messages, unless the user has scrolled up. */
export class MessageList {
  private readonly log = element('log', HTMLElement);
  private readonly list = element('messages', HTMLElement);
  private readonly toEnd = element('new-messages', HTMLButtonElement);
  private following = true;

  constructor() {
    this.log.addEventListener('scroll', () => this.scrolled());
    // Keeps the end visible when a notice or an on-screen keyboard takes space.
    new ResizeObserver(() => {
      if (this.following) this.scrollToEnd();
    }).observe(this.log);
    this.toEnd.addEventListener('click', () => {
      this.scrollToEnd();
      this.log.focus();
    });
  }

  addMessage({ from, text, at }: ChatMessage, own: boolean): void {
    const item = create('li', own ? 'message own' : 'message');
    item.dataset['from'] = from;
    const time = create('time', 'time', TIME.format(at));
    time.dateTime = new Date(at).toISOString();
    const body = create('p', 'text', text);
    body.dir = 'auto';
    item.append(create('bdi', 'sender', from), ' ', time, body);
    this.add(item, own);
  }

  addSystemLine(text: string): void {
    this.add(create('li', 'system', text), false);
  }

  clear(): void {
    this.list.replaceChildren();
    this.scrollToEnd();
  }

  private add(item: HTMLElement, follow: boolean): void {
    this.list.append(item);
    if (this.list.childElementCount > MAX_ENTRIES) this.list.firstElementChild?.remove();
    if (follow || this.following) this.scrollToEnd();
    else this.toEnd.hidden = false;
  }

  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.following = scrollHeight - scrollTop - clientHeight < BOTTOM_TOLERANCE_PX;
    if (this.following) this.toEnd.hidden = true;
  }

  private scrollToEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
    this.following = true;
    this.toEnd.hidden = true;
  }
}
