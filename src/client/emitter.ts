import { host } from './host.js';

type Subscription<Events> = [type: keyof Events, listener: (value: never) => void];

/**
 * Listeners by event type. A listener that throws or rejects is reported, and the others are not affected. Events
 * emitted by a listener are delivered after the current one, so that all listeners see the same order.
 */
export class Emitter<Events> {
  readonly #subscriptions = new Set<Subscription<Events>>();
  readonly #queue: [type: keyof Events, value: unknown][] = [];

  /** Returns the function that ends the subscription. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const subscription: Subscription<Events> = [type, listener];
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    // A non-empty queue is already being delivered.
    if (this.#queue.push([type, value]) > 1) return;
    // Listeners may append to the queue.
    for (const [emitted, data] of this.#queue) {
      for (const subscription of Array.from(this.#subscriptions)) {
        // An earlier listener may have ended this one's subscription.
        if (subscription[0] === emitted && this.#subscriptions.has(subscription))
          void call(subscription[1], data);
      }
    }
    this.#queue.length = 0;
  }
}

/** Calls a listener synchronously, and awaits its result only to report a rejection. */
async function call(listener: (value: never) => unknown, value: unknown): Promise<void> {
  try {
    await listener(value as never);
  } catch (error) {
    (host.reportError ?? console.error)(error);
  }
}
