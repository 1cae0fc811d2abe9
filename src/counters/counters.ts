import { Injectable } from '@nestjs/common';
import { ERROR_CODES } from '../protocol/error-code.js';
import { TimerWheel } from '../time/timer-wheel.js';
import { Backlog } from './backlog.js';
import { DECISION_MS } from './buckets.js';
import { DroppedFrames } from './dropped-frames.js';
import { Histogram } from './histogram.js';
import {
  AUTHENTICATION_OUTCOMES,
  AUTHENTICATION_SOURCES,
  AUTHENTICATION_STAGES,
  type AuthenticationOutcome,
  type AuthenticationStage,
} from './label-values.js';
import { PathCounters } from './path-counters.js';
import { StoreCalls } from './store-calls.js';
import { OTHER, Tally } from './tally.js';

/**
 * Everything that is counted on this node: plain numbers, written where things happen and read by `WsMetrics`. Every
 * label has a fixed set of values, so its size does not depend on clients.
 */
@Injectable()
export class Counters {
  private readonly paths = new Map<string, PathCounters>();
  private readonly noPath = new PathCounters(OTHER);
  /** From upgrade to decision, in milliseconds. */
  readonly accepted = new Histogram(DECISION_MS);
  readonly refused = new Histogram(DECISION_MS);
  readonly authentications = new Map(
    AUTHENTICATION_STAGES.map((stage) => [
      stage,
      new Map(AUTHENTICATION_SOURCES.map((source) => [source, new Tally(AUTHENTICATION_OUTCOMES)])),
    ]),
  );
  readonly dropped = new DroppedFrames();
  readonly strikes = new Tally(ERROR_CODES);
  strikeouts = 0;
  readonly bans = new Tally(['principal', 'address']);
  /** Handlers that are running. */
  inFlight = 0;
  /** Connections that are not read, because too many of their messages wait. */
  paused = 0;
  readonly backlog: Backlog;
  /** From ping to pong, in milliseconds. */
  readonly roundTrip = new Histogram(DECISION_MS);
  /** Connections that a drain has closed: all their messages answered, or not in time. */
  readonly drained = new Tally(['answered', 'cut']);
  readonly resumes = new Tally(['recovered', 'lost', 'refused']);
  readonly stores = new StoreCalls();
  private readonly throttlers = new Map<string, number>();

  constructor(wheel: TimerWheel) {
    this.backlog = new Backlog(wheel);
  }

  /** The counters of a path with gateways. Called at the start. */
  introduce(path: string): PathCounters {
    let counters = this.paths.get(path);
    if (!counters) this.paths.set(path, (counters = new PathCounters(path)));
    return counters;
  }

  /** The counters of any path, or of requests without gateways. */
  path(path: string | undefined): PathCounters {
    return this.paths.get(path ?? '') ?? this.noPath;
  }

  /** All paths, and the rest. */
  *allPaths(): IterableIterator<PathCounters> {
    yield* this.paths.values();
    yield this.noPath;
  }

  /** A credential was verified, or not. */
  authenticated(stage: AuthenticationStage, source: string, outcome: AuthenticationOutcome): void {
    this.authentications.get(stage)?.get(source)?.add(outcome);
  }

  /** A hit was refused. @param throttler its name, which is configured */
  throttled(throttler: string): void {
    this.throttlers.set(throttler, (this.throttlers.get(throttler) ?? 0) + 1);
  }

  get throttledBy(): ReadonlyMap<string, number> {
    return this.throttlers;
  }
}
