import type { Faults } from '../faults/faults.js';
import { isThenable } from '../time/maybe-promise.js';
import type { SecurityEvent } from './security-event.js';
import type { SecurityEventSink } from './security-event-sink.js';

const MAX_PENDING = 1000;

/** Protects the module from a sink that throws, rejects or never answers. */
export class SinkGuard {
  private pending = 0;

  constructor(
    private readonly sink: SecurityEventSink,
    private readonly faults: Faults,
  ) {}

  write(event: SecurityEvent): void {
    if (this.pending >= MAX_PENDING) {
      this.report(new Error(`${MAX_PENDING} earlier events are not written yet`));
      return;
    }
    try {
      const written: unknown = this.sink.write(event);
      if (isThenable(written)) this.await(written);
    } catch (error) {
      this.report(error);
    }
  }

  private await(written: PromiseLike<unknown>): void {
    this.pending++;
    Promise.resolve(written)
      .catch((error: unknown) => this.report(error))
      .finally(() => this.pending--);
  }

  private report(error: unknown): void {
    this.faults.report('A security event could not be written', error);
  }
}
