import { host } from './host.js';

interface Subscription<Events> {
  type: keyof Events;
  listener: (value: never) => void;
}

/**
 * Listeners by event type. One that throws is reported and harms nobody; what is emitted by a listener is
 * delivered after what it is listening to, so that all see the same order.
 */
export class Emitter<Events> {
  readonly #subscriptions = new Set<Subscription<Events>>();
  readonly #queue: [type: keyof Events, value: unknown][] = [];
  #delivering = false;

  /** Returns the function that ends the subscription. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const subscription = { type, listener };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    this.#queue.push([type, value]);
    if (this.#delivering) return;
    this.#delivering = true;
    // Listeners may add to it.
    for (const emitted of this.#queue) this.#deliver(...emitted);
    this.#queue.length = 0;
    this.#delivering = false;
  }

  #deliver(type: keyof Events, value: unknown): void {
    for (const subscription of Array.from(this.#subscriptions)) {
      try {
        // An earlier listener may have ended this one's subscription.
        if (subscription.type === type && this.#subscriptions.has(subscription)) {
          subscription.listener(value as never);
        }
      } catch (error) {
        if (host.reportError) host.reportError(error);
        else console.error(error);
      }
    }
  }
}
