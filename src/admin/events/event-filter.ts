import type { RingEntry } from './event-ring.js';

/** Which events a listener wants. */
export interface EventFilter {
  /** Names, or beginnings of names with a star; with commas. */
  readonly type?: string | undefined;
  readonly user?: string | undefined;
  readonly address?: string | undefined;
}

/** Makes a test of a filter. */
export function eventTest({ type, user, address }: EventFilter): (entry: RingEntry) => boolean {
  const types = type?.split(',').map((name) => name.trim());
  const isWanted = (name: string): boolean =>
    types === undefined ||
    types.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  return (entry) =>
    isWanted(entry.type) &&
    (user === undefined || entry.user === user) &&
    (address === undefined || entry.address === address);
}
