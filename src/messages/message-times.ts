import { Injectable } from '@nestjs/common';
import type { EventCounters } from '../counters/event-counters.js';
import type { ErrorCode } from '../protocol/error-code.js';
import { Clock } from '../time/clock.js';
import { afterWrites } from './write-batch.js';

/** The memory of a turn with more groups is given back. */
const KEPT_GROUPS = 256;

interface Handled {
  readonly message: { readonly failure?: ErrorCode | undefined };
  /** What is counted of its event. */
  readonly counters: EventCounters;
  /** Monotonic milliseconds when the message arrived. */
  readonly arrivedAt: number;
}

/** Messages of one event that arrived together and ended alike. */
interface Group {
  counters: EventCounters;
  arrivedAt: number;
  failure: ErrorCode | undefined;
  messages: number;
}

/** Counts handled messages and how long they took. */
@Injectable()
export class MessageTimes {
  /**
   * Messages whose handlers were done in this turn of the event loop. One reading of the clock measures all. The
   * objects are used again.
   */
  private readonly groups: Group[] = [];
  private used = 0;

  constructor(private readonly clock: Clock) {}

  /** A handler is done. */
  end({ message: { failure }, counters, arrivedAt }: Handled): void {
    const { groups, used } = this;
    if (used === 0) afterWrites(this.measure);
    else {
      const last = groups[used - 1] as Group;
      if (last.counters === counters && last.arrivedAt === arrivedAt && last.failure === failure) {
        last.messages++;
        return;
      }
    }
    this.used = used + 1;
    const group = groups[used];
    if (!group) {
      groups.push({ counters, arrivedAt, failure, messages: 1 });
      return;
    }
    group.counters = counters;
    group.arrivedAt = arrivedAt;
    group.failure = failure;
    group.messages = 1;
  }

  private readonly measure = (): void => {
    const now = this.clock.monotonic();
    const { groups, used } = this;
    this.used = 0;
    for (let i = 0; i < used; i++) {
      const { counters, arrivedAt, failure, messages } = groups[i] as Group;
      counters.handled(now - arrivedAt, failure, messages);
    }
    if (groups.length > KEPT_GROUPS) groups.length = KEPT_GROUPS;
  };
}
