import { host } from './host.js';

type Listener = (value: never) => void;

/**
 * Listeners by event type. One that throws is reported and harms nobody; what is emitted by a listener is
 * delivered after what it is listening to, so that all see the same order.
 */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();
  readonly #queue: (() => void)[] = [];
  #delivering = false;

  /** Returns the function that ends the subscription. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const entry: Listener = (value: Events[Type]) => listener(value);
    const entries = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, entries.add(entry));
    return () => void entries.delete(entry);
  }

  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    this.#queue.push(() => this.#deliver(type, value));
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) next();
    this.#delivering = false;
  }

  #deliver<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    const entries = this.#listeners.get(type) ?? new Set();
    for (const listener of [...entries]) {
      try {
        // An earlier listener may have ended this one's subscription.
        if (entries.has(listener)) listener(value as never);
      } catch (error) {
        (host.reportError ?? console.error)(error);
      }
    }
  }
}
