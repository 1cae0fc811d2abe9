import { Injectable } from '@nestjs/common';
import { Counters } from '../counters/counters.js';
import type { StoreName } from '../counters/store-calls.js';
import { PushTooLargeError } from '../errors/push-too-large.error.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import { errorNameOf } from '../faults/error-text.js';
import { isThenable, type MaybePromise } from '../time/maybe-promise.js';
import { Clock } from '../time/clock.js';
import { SecurityEvents } from './security-events.js';

type Part = 'verifier' | 'store';

interface Failure {
  /** Which one of several with the same name. */
  readonly target?: string;
  /** Default: the name of the error. */
  readonly reason?: string;
}

/** Errors of parts that report their outages themselves: `cluster.down` has been told. */
const TOLD = 'RedisUnavailableError';
/** Stores that are called by parts that know no events. */
const STORES: Partial<Record<StoreName, string>> = {
  directory: 'ConnectionDirectory',
  bus: 'BroadcastBus',
  sessions: 'ResumeStore',
};
/** What stores throw on purpose. */
const INTENDED = [OverloadedException, PushTooLargeError];

/** Reports when a part that others rely on fails, and when it works again. */
@Injectable()
export class Outages {
  /** Epoch milliseconds since when each part fails. */
  private readonly since = new Map<string, number>();

  constructor(
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    counters: Counters,
  ) {
    counters.stores.watcher = {
      works: (store) => this.works('store', STORES[store] ?? store),
      failed: (store, error) => {
        if (!INTENDED.some((type) => error instanceof type))
          this.failed('store', STORES[store] ?? store, error);
      },
    };
  }

  /** Passes on a result of a store. @param ask calls the store */
  watch<T>(store: string, ask: () => MaybePromise<T>): T | Promise<T> {
    let result: MaybePromise<T>;
    try {
      result = ask();
    } catch (error) {
      this.failed('store', store, error);
      throw error;
    }
    if (!isThenable(result)) {
      this.works('store', store);
      return result;
    }
    return Promise.resolve(result).then(
      (value) => {
        this.works('store', store);
        return value;
      },
      (error: unknown) => {
        this.failed('store', store, error);
        throw error;
      },
    );
  }

  failed(
    part: Part,
    name: string,
    error: unknown,
    { target, reason = errorNameOf(error) }: Failure = {},
  ): void {
    const key = keyOf(part, name, target);
    if (this.since.has(key) || reason === TOLD) return;
    this.since.set(key, this.clock.now());
    if (part === 'store') this.events.emit({ type: 'store.unavailable', store: name, reason });
    else this.events.emit({ type: 'verifier.unavailable', verifier: name, target, reason });
  }

  /** @param target which one of several with this name */
  works(part: Part, name: string, target?: string): void {
    if (this.since.size === 0) return;
    const key = keyOf(part, name, target);
    const since = this.since.get(key);
    if (since === undefined) return;
    this.since.delete(key);
    const duration_ms = Math.max(0, this.clock.now() - since);
    if (part === 'store') this.events.emit({ type: 'store.recovered', store: name, duration_ms });
    else this.events.emit({ type: 'verifier.recovered', verifier: name, target, duration_ms });
  }
}

function keyOf(part: Part, name: string, target = ''): string {
  return `${part} ${name} ${target}`;
}
