import type { Fleet } from './fleet.js';

/** Milliseconds that an answer of a slow Redis takes. */
const SLOW_MS = 500;

/** What can happen to Redis. */
export interface Fault {
  readonly name: string;
  begin(fleet: Fleet): void | Promise<void>;
  /** Resolves when Redis is back. */
  end(fleet: Fleet): void | Promise<void>;
}

/** Every node has to reach Redis through a relay. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'frozen',
    begin: ({ redis }) => redis.freeze(),
    end: ({ redis }) => redis.thaw(),
  },
  {
    name: 'killed',
    begin: ({ redis }) => redis.kill(),
    end: ({ redis }) => redis.launch(),
  },
  {
    name: 'slow',
    begin: (fleet) => delayBy(fleet, SLOW_MS / 2),
    end: (fleet) => delayBy(fleet, 0),
  },
];

function delayBy({ relays }: Fleet, delayMs: number): void {
  for (const relay of relays) if (relay) relay.delayMs = delayMs;
}
