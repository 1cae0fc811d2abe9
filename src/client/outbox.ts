import type { ClientEvents, DroppedMessage } from './client-state.js';
import type { Emitter } from './emitter.js';

interface Kept {
  text: string;
  event: string;
  data: unknown;
}

/** A bounded queue of messages that wait for a connection. Every dropped message is reported. */
export class Outbox {
  readonly #size: number;
  readonly #events: Emitter<ClientEvents>;
  #kept: Kept[] = [];

  constructor(size: number, events: Emitter<ClientEvents>) {
    this.#size = size;
    this.#events = events;
  }

  /** Queues a message. If the queue is full, it drops the oldest one. Returns false if the queue has no capacity. */
  keep(message: Kept): boolean {
    const size = this.#size;
    if (size && this.#kept.push(message) > size) this.#lose(this.#kept.shift() as Kept, 'overflow');
    return size > 0;
  }

  flush(send: (text: string) => boolean): void {
    while (this.#kept[0] && send(this.#kept[0].text)) this.#kept.shift();
  }

  /** Messages that listeners queue during `announce` are kept, because they are for a new connection. */
  clear(announce: () => void): void {
    const kept = this.#kept.splice(0);
    announce();
    for (const message of kept) this.#lose(message, 'closed');
  }

  #lose({ event, data }: Kept, reason: DroppedMessage['reason']): void {
    this.#events.emit('dropped', { event, data, reason });
  }
}
