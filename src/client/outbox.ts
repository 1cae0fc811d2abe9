import type { DroppedMessage } from './client-state.js';

interface Kept {
  text: string;
  event: string;
  data: unknown;
}

/** Messages that wait for a connection: so many and no more, and none is lost in silence. */
export class Outbox {
  readonly #size: number;
  readonly #drop: (message: DroppedMessage) => void;
  #kept: Kept[] = [];

  constructor(size: number, drop: (message: DroppedMessage) => void) {
    this.#size = size;
    this.#drop = drop;
  }

  /** In place of the oldest, when there is no room; false when nothing is kept at all. */
  keep(message: Kept): boolean {
    if (this.#size < 1) return false;
    this.#kept.push(message);
    if (this.#kept.length > this.#size) this.#lose('overflow');
    return true;
  }

  flush(send: (text: string) => boolean): void {
    while (this.#kept[0] && send(this.#kept[0].text)) this.#kept.shift();
  }

  clear(): void {
    while (this.#kept[0]) this.#lose('closed');
  }

  #lose(reason: DroppedMessage['reason']): void {
    const { event, data } = this.#kept.shift() as Kept;
    this.#drop({ event, data, reason });
  }
}
