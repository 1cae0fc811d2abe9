import { host } from './host.js';

type Subscription<Events> = [type: keyof Events, listener: (value: never) => void];

/**
 * Listeners by event type. One that throws, or whose promise rejects, is reported and harms nobody; what is emitted by
 * a listener is delivered after what it is listening to, so that all see the same order.
 */
export class Emitter<Events> {
  readonly #subscriptions = new Set<Subscription<Events>>();
  readonly #queue: [type: keyof Events, value: unknown][] = [];

  /** Returns the function that ends the subscription. */
  on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
    const subscription: Subscription<Events> = [type, listener];
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
    // While there is something in it, it is being delivered.
    if (this.#queue.push([type, value]) > 1) return;
    // Listeners may add to it.
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

/** Calls at once, and waits only for what fails later. */
async function call(listener: (value: never) => unknown, value: unknown): Promise<void> {
  try {
    await listener(value as never);
  } catch (error) {
    (host.reportError ?? console.error)(error);
  }
}
