import { config, type Observable, Subject, type Subscriber } from 'rxjs';
import type { Faults } from './faults.js';
import { GuardedObservable } from './guarded-observable.js';

/**
 * Notifies each subscriber of events separately. If a subscriber fails, the failure is reported, the other subscribers
 * still get the event, and the failed one gets the next event.
 */
export class Announcer<T> {
  readonly events: Observable<T>;
  /** One subject per subscriber, so that a failure of one is known before the next one is notified. */
  private readonly listeners = new Set<Subject<T>>();

  /** @param name names the events in reports */
  constructor(
    private readonly name: string,
    private readonly faults: Faults,
  ) {
    this.events = new GuardedObservable<T>(name, faults, (subscriber) => this.add(subscriber));
  }

  /** Whether there are subscribers. */
  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  /**
   * Observables that the application derives from several sources (`merge(events, others)`) or from its own subject are
   * not guarded here, and RxJS would throw their errors from a timer. With this setting it throws them synchronously
   * while an event is announced.
   */
  announce(event: T): void {
    const before = config.useDeprecatedSynchronousErrorHandling;
    config.useDeprecatedSynchronousErrorHandling = true;
    try {
      // A subscriber that is added now gets the next event.
      for (const listener of Array.from(this.listeners)) this.attempt(() => listener.next(event));
    } finally {
      config.useDeprecatedSynchronousErrorHandling = before;
    }
  }

  private add(subscriber: Subscriber<T>): () => void {
    const listener = new Subject<T>();
    // RxJS does not expect subscribers to throw.
    listener.subscribe((event) => this.attempt(() => subscriber.next(event)));
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private attempt(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.faults.report(`A subscriber of ${this.name} failed`, error);
    }
  }
}
