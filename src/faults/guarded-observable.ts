import { Observable, type Operator, Subscriber, type Subscription, type TeardownLogic } from 'rxjs';
import type { Observer } from 'rxjs';
import type { Faults } from './faults.js';
import { isThenable } from '../time/maybe-promise.js';

type Next<T> = (value: T) => unknown;
type Consumer<T> = Partial<Record<keyof Observer<T>, (value: never) => unknown>>;

/**
 * An Observable whose subscribers may fail. RxJS throws their errors, and errors without a listener, from a timer,
 * which ends the process. Here they are reported, also behind operators.
 */
export class GuardedObservable<T> extends Observable<T> {
  /** @param name names the observable in reports */
  constructor(
    private readonly name: string,
    private readonly faults: Faults,
    subscribe?: (subscriber: Subscriber<T>) => TeardownLogic,
  ) {
    super(subscribe);
  }

  /** Operators create their results with this method. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new GuardedObservable<R>(this.name, this.faults);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    consumer?: Partial<Observer<T>> | Next<T> | null,
    error?: ((cause: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // RxJS itself subscribes between operators and in functions such as `firstValueFrom`, and catches all errors.
    if (isSubscriber(consumer)) return super.subscribe(consumer);
    const given = isNext(consumer) ? { next: consumer, error, complete } : (consumer ?? {});
    return super.subscribe(this.guarded(given as Consumer<T>));
  }

  private guarded(consumer: Consumer<T>): Observer<T> {
    return {
      next: (value) => this.attempt(() => consumer.next?.(value as never)),
      complete: () => this.attempt(() => consumer.complete?.(undefined as never)),
      error: (cause: unknown) => {
        if (consumer.error) this.attempt(() => consumer.error?.(cause as never));
        else
          this.faults.report(`A subscription to ${this.name} was ended by an error in its operators`, cause);
      },
    };
  }

  private attempt(tell: () => unknown): void {
    try {
      const answer = tell();
      if (isThenable(answer)) Promise.resolve(answer).catch((error: unknown) => this.report(error));
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.faults.report(`A subscriber of ${this.name} failed`, error);
  }
}

function isNext<T>(
  consumer: Partial<Observer<T>> | Next<T> | null | undefined,
): consumer is Next<T> | null | undefined {
  return typeof consumer === 'function' || !consumer;
}

/** Also true for a subscriber of another copy of RxJS. */
function isSubscriber<T>(consumer: unknown): consumer is Subscriber<T> {
  if (consumer instanceof Subscriber) return true;
  return typeof consumer === 'object' && consumer !== null && 'add' in consumer && 'unsubscribe' in consumer;
}
