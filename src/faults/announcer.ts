import { config, type Observable, Subject, type Subscriber } from 'rxjs';
import type { Faults } from './faults.js';
import { GuardedObservable } from './guarded-observable.js';

type Listener<T> = (event: T) => void;

/**
 * Notifies each subscriber of events separately. If a subscriber fails, the failure is reported, the other subscribers
 * still get the event, and the failed one gets the next event.
 */
export class Announcer<T> {
  readonly events: Observable<T>;
  /** In the order in which they were added. Replaced by each change, so that a subscriber that is added now gets the next event. */
  private listeners: readonly Listener<T>[] = [];
  /** How many of them are behind RxJS. */
  private observers = 0;

  /** @param name names the events in reports */
  constructor(
    private readonly name: string,
    private readonly faults: Faults,
  ) {
    this.events = new GuardedObservable<T>(name, faults, (subscriber) => this.add(subscriber));
  }

  /** Whether there are subscribers. */
  get isHeard(): boolean {
    return this.listeners.length > 0;
  }

  /** Adds a part of the module itself, at less cost than a subscription to `events`. */
  listen(listener: Listener<T>): void {
    this.listeners = [...this.listeners, listener];
  }

  /**
   * Observables that the application derives from several sources (`merge(events, others)`) or from its own subject are
   * not guarded here, and RxJS would throw their errors from a timer. With this setting it throws them synchronously
   * while an event is announced.
   */
  announce(event: T): void {
    if (this.observers === 0) {
      this.tell(event);
      return;
    }
    const before = config.useDeprecatedSynchronousErrorHandling;
    config.useDeprecatedSynchronousErrorHandling = true;
    try {
      this.tell(event);
    } finally {
      config.useDeprecatedSynchronousErrorHandling = before;
    }
  }

  private tell(event: T): void {
    for (const listener of this.listeners) this.attempt(listener, event);
  }

  private add(subscriber: Subscriber<T>): () => void {
    // Each subscriber has its own subject, so that a failure of one is known before the next one is notified.
    const subject = new Subject<T>();
    // RxJS does not expect subscribers to throw.
    const next: Listener<T> = (event) => subscriber.next(event);
    subject.subscribe((event) => this.attempt(next, event));
    const listener: Listener<T> = (event) => subject.next(event);
    this.listen(listener);
    this.observers++;
    let isAdded = true;
    return () => {
      if (!isAdded) return;
      isAdded = false;
      this.observers--;
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  private attempt(listener: Listener<T>, event: T): void {
    try {
      listener(event);
    } catch (error) {
      this.faults.report(`A subscriber of ${this.name} failed`, error);
    }
  }
}
