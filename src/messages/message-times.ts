import { Injectable } from '@nestjs/common';
import type { EventCounters } from '../counters/event-counters.js';
import type { ErrorCode } from '../protocol/error-code.js';
import { Clock } from '../time/clock.js';
import { afterWrites } from './write-batch.js';

interface Handled {
  readonly message: { readonly failure?: ErrorCode | undefined };
  /** What is counted of its event. */
  readonly counters: EventCounters;
  /** Monotonic milliseconds when the message arrived. */
  readonly arrivedAt: number;
}

/** Counts handled messages and how long they took. */
@Injectable()
export class MessageTimes {
  /** Messages whose handlers were done in this turn of the event loop. One reading of the clock measures all. */
  private readonly done: Handled[] = [];

  constructor(private readonly clock: Clock) {}

  /** A handler is done. */
  end(handled: Handled): void {
    if (this.done.push(handled) === 1) afterWrites(this.measure);
  }

  private readonly measure = (): void => {
    const now = this.clock.monotonic();
    for (const { message, counters, arrivedAt } of this.done)
      counters.handled(now - arrivedAt, message.failure);
    this.done.length = 0;
  };
}
