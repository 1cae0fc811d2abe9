import { config, type Observable, Subject, type Subscriber } from 'rxjs';
import type { Faults } from './faults.js';
import { GuardedObservable } from './guarded-observable.js';

/**
 * Tells subscribers of events, each on its own: one that fails is reported, hears the next event as well, and keeps no
 * other from hearing this one.
 */
export class Announcer<T> {
  readonly events: Observable<T>;
  /** A subject for each subscriber, so that what fails behind one is known before the next is told. */
  private readonly listeners = new Set<Subject<T>>();

  /** @param name of the events, for the operator */
  constructor(
    private readonly name: string,
    private readonly faults: Faults,
  ) {
    this.events = new GuardedObservable<T>(name, faults, (subscriber) => this.add(subscriber));
  }

  /**
   * What an application builds of several observables (`merge(events, others)`), or tells on by a subject of its own,
   * is no longer guarded by ours. While they are told RxJS is asked to throw at once what it would throw from a timer.
   */
  announce(event: T): void {
    const before = config.useDeprecatedSynchronousErrorHandling;
    config.useDeprecatedSynchronousErrorHandling = true;
    try {
      // Who subscribes meanwhile hears the next one.
      for (const listener of Array.from(this.listeners)) this.attempt(() => listener.next(event));
    } finally {
      config.useDeprecatedSynchronousErrorHandling = before;
    }
  }

  private add(subscriber: Subscriber<T>): () => void {
    const listener = new Subject<T>();
    // RxJS does not expect a subscriber that throws by itself.
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
