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
  readonly #queue: (() => void)[] = [];
  #delivering = false;

  /** Returns the function that ends the subscription. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const subscription = { type, listener };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    this.#queue.push(() => this.#deliver(type, value));
    if (this.#delivering) return;
    this.#delivering = true;
    // Listeners may add to it.
    for (const deliver of this.#queue) deliver();
    this.#queue.length = 0;
    this.#delivering = false;
  }

  #deliver<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    for (const subscription of Array.from(this.#subscriptions)) {
      // An earlier listener may have ended this one's subscription.
      if (subscription.type !== type || !this.#subscriptions.has(subscription)) continue;
      try {
        subscription.listener(value as never);
      } catch (error) {
        if (host.reportError) host.reportError(error);
        else console.error(error);
      }
    }
  }
}
