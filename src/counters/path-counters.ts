import { LIFE_MS } from './buckets.js';
import { EventCounters } from './event-counters.js';
import { Histogram } from './histogram.js';
import { AUTHENTICATION_KINDS, CLOSE_CAUSES, CLOSE_CODES, HANDSHAKE_RESULTS } from './label-values.js';
import { OTHER, Tally } from './tally.js';

const KINDS: readonly string[] = AUTHENTICATION_KINDS;

/** What is counted of the gateways on one path. Each connection has a reference to it. */
export class PathCounters {
  readonly handshakes = new Tally(HANDSHAKE_RESULTS);
  /** Open connections by the kind of their principals. */
  readonly open = new Tally(KINDS);
  /** Ended connections by code, for each cause. */
  readonly closes = new Map(CLOSE_CAUSES.map((cause) => [cause, new Tally(CLOSE_CODES)]));
  /** How long connections were open, in milliseconds, by cause of their end. */
  readonly lives = new Map(CLOSE_CAUSES.map((cause) => [cause, new Histogram(LIFE_MS)]));
  readonly events = new Map<string, EventCounters>();
  /** Messages that are of no event. */
  readonly otherEvents = new EventCounters();
  receivedBytes = 0;
  sentBytes = 0;
  pushes = 0;
  pushReceivers = 0;
  /** The number of the last push that was counted here. */
  private lastPush = 0;

  constructor(readonly path: string) {}

  /** The counters of an event that a gateway handles. Called at the start. */
  introduce(event: string): EventCounters {
    let counters = this.events.get(event);
    if (!counters) this.events.set(event, (counters = new EventCounters()));
    return counters;
  }

  /** The counters of an event of any name. */
  event(name: unknown): EventCounters {
    return this.events.get(name as string) ?? this.otherEvents;
  }

  /** All events with their counters. */
  *allEvents(): IterableIterator<[event: string, counters: EventCounters]> {
    yield* this.events;
    yield [OTHER, this.otherEvents];
  }

  /** A push was sent to a connection. @param push its number, the same for all its receivers */
  pushed(push: number): void {
    this.pushReceivers++;
    if (this.lastPush === push) return;
    this.lastPush = push;
    this.pushes++;
  }

  /** A connection has ended. @param ms how long it was open */
  closed(code: number, cause: string, ms: number): void {
    this.closes.get(cause)?.add(String(code));
    this.lives.get(cause)?.observe(Math.max(0, ms));
  }
}
