import { type Observable, type Subscription, takeWhile } from 'rxjs';
import type { ServedConnection } from '../connection/served-connection.js';

/** Who takes what an observable emits. */
export interface StreamObserver {
  next(value: unknown): void;
  error(error: unknown): void;
  complete(): void;
  /** Whether the client has heard of an error instead. */
  hasFailed(): boolean;
  /** The connection has no place for one more stream. */
  refuse(): void;
  /** It was stopped, and what it does at its end failed. */
  report(error: unknown): void;
}

/**
 * An observable that a handler returned. It has a place of its connection's until it ends, or the connection does.
 * Behind an interceptor every answer is an observable: one value that ends at once needs no place there.
 */
export class ReplyStream {
  private subscription: Subscription | undefined;
  private hasPlace = false;
  private isRefused = false;
  /** The first value, while it is open whether it is the only one. */
  private held: { readonly value: unknown } | undefined;

  /** @param maxStreams places of the connection */
  constructor(
    private readonly connection: ServedConnection,
    private readonly maxStreams: number,
    private readonly observer: StreamObserver,
  ) {}

  /**
   * @param isIntercepted whether it has not begun yet, and may be a single answer
   * @param begun called with its first value, or at its end
   */
  listen(values: Observable<unknown>, isIntercepted: boolean, begun: () => void): void {
    if (!isIntercepted && !this.takePlace()) {
      this.observer.refuse();
      begun();
      return;
    }
    // Asked before each value, so that one that emits without giving anybody else a turn ends too.
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

  /** @returns whether it was handed on */
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

  /** There is more to come than the one value. */
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
      // What a stream does at its end is the application's, and must not end the process.
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
