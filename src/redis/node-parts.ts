import type { Counters } from '../counters/counters.js';
import type { Faults } from '../faults/faults.js';
import type { NodeIdentity } from '../nodes/node-identity.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { Clock } from '../time/clock.js';
import type { TimerWheel } from '../time/timer-wheel.js';
import type { ClusterEvent } from './cluster-event.js';

/** What the Redis part needs from the module. */
export interface NodeParts {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly faults: Faults;
  readonly node: NodeIdentity;
  readonly counters: Counters;
  /** Emits a security event. */
  readonly tell: (event: ClusterEvent) => void;
}

/** Calls that may take long have this multiple of the usual deadline. */
const PATIENCE = 4;

/** The deadline of beats, pushes, tickets and tables, in milliseconds. */
export function patientDeadline({ redisTimeoutMs }: ResolvedOptions): number {
  return PATIENCE * redisTimeoutMs;
}
