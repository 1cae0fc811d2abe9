import type { ClientEvents, DroppedMessage } from './client-state.js';
import type { Emitter } from './emitter.js';

interface Kept {
  text: string;
  event: string;
  data: unknown;
}

/** Messages that wait for a connection: so many and no more, and none is lost in silence. */
export class Outbox {
  readonly #size: number;
  readonly #events: Emitter<ClientEvents>;
  #kept: Kept[] = [];

  constructor(size: number, events: Emitter<ClientEvents>) {
    this.#size = size;
    this.#events = events;
  }

  /** In place of the oldest, when there is no room; false when nothing is kept at all. */
  keep(message: Kept): boolean {
    if (!this.#size) return false;
    if (this.#kept.push(message) > this.#size) this.#lose(1, 'overflow');
    return true;
  }

  flush(send: (text: string) => boolean): void {
    while (this.#kept[0] && send(this.#kept[0].text)) this.#kept.shift();
  }

  clear(): void {
    this.#lose(Infinity, 'closed');
  }

  #lose(count: number, reason: DroppedMessage['reason']): void {
    for (const { event, data } of this.#kept.splice(0, count)) {
      this.#events.emit('dropped', { event, data, reason });
    }
  }
}
