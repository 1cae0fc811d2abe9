import { type Observable, type Subscription, takeWhile } from 'rxjs';
import type { ServedConnection } from '../connection/served-connection.js';

/** Receives the values of an observable. */
export interface StreamObserver {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
  /** Whether the client has been sent an error instead. */
  hasFailed(): boolean;
  /** Called when the connection has too many streams. */
  refuse(): void;
  /** Called when the teardown of a stopped stream fails. */
  report(error: unknown): void;
}

/**
 * An observable that a handler returned. It counts as one of the streams of its connection until it or the connection
 * ends. With an interceptor, each result is an observable: one that ends after a single value does not count.
 */
export class ReplyStream {
  private subscription: Subscription | undefined;
  private hasPlace = false;
  private isRefused = false;
  /** The first value, kept until it is known whether more values follow. */
  private held: { readonly value: unknown } | undefined;

  /** @param maxStreams number of streams that a connection may have */
  constructor(
    private readonly connection: ServedConnection,
    private readonly maxStreams: number,
    private readonly observer: StreamObserver,
  ) {}

  /**
   * @param isIntercepted whether the observable comes from an interceptor, has not started, and may be a single answer
   * @param begun called at the first value or at the end
   */
  listen(values: Observable<unknown>, isIntercepted: boolean, begun: () => void): void {
    if (!isIntercepted && !this.takePlace()) {
      this.observer.refuse();
      begun();
      return;
    }
    // Checked before each value, so that a synchronous stream ends too.
    const goesOn = takeWhile(() => !this.isRefused && this.connection.isOpen);
    const subscription = values.pipe(goesOn).subscribe({
      next: (value) => {
        if (this.next(value)) begun();
      },
      error: (error: unknown) => this.observer.error(error),
      complete: () => this.complete(),
    });
    subscription.add(() => {
      this.leavePlace();
      begun();
    });
    if (!subscription.closed) this.watch(subscription);
  }

  private watch(subscription: Subscription): void {
    this.subscription = subscription;
    const stop = (): void => this.stop();
    subscription.add(() => this.connection.offClosed(stop));
    if (this.isRefused) stop();
    else this.connection.onClosed(stop);
  }

  /** @returns whether the value was passed on */
  private next(value: unknown): boolean {
    if (this.takePlace()) {
      this.observer.next(value);
      return true;
    }
    if (this.held) this.refuse();
    else {
      this.held = { value };
      queueMicrotask(() => this.refuse());
    }
    return false;
  }

  private complete(): void {
    const { held } = this;
    this.held = undefined;
    if (held && !this.observer.hasFailed()) this.observer.next(held.value);
    if (!this.isRefused) this.observer.complete();
  }

  /** More values follow, but the connection has too many streams. */
  private refuse(): void {
    if (!this.held) return;
    this.held = undefined;
    this.isRefused = true;
    this.observer.refuse();
    this.stop();
  }

  private stop(): void {
    try {
      this.subscription?.unsubscribe();
    } catch (error) {
      // The teardown is code of the application and must not end the process.
      this.observer.report(error);
    }
  }

  private takePlace(): boolean {
    if (this.hasPlace) return true;
    if (this.connection.streams >= this.maxStreams) return false;
    this.connection.streams++;
    return (this.hasPlace = true);
  }

  private leavePlace(): void {
    if (this.hasPlace) this.connection.streams--;
    this.hasPlace = false;
  }
}
