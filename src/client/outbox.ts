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
    if (this.#kept.push(message) > this.#size) this.#lose(this.#kept.shift() as Kept, 'overflow');
    return true;
  }

  flush(send: (text: string) => boolean): void {
    while (this.#kept[0] && send(this.#kept[0].text)) this.#kept.shift();
  }

  /** What listeners keep when `announce` tells them of the end is for a connection they start anew. */
  clear(announce: () => void): void {
    const kept = this.#kept.splice(0);
    announce();
    for (const message of kept) this.#lose(message, 'closed');
  }

  #lose({ event, data }: Kept, reason: DroppedMessage['reason']): void {
    this.#events.emit('dropped', { event, data, reason });
  }
}
