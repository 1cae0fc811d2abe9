/** What lists of connections are ordered by. */
export interface Dated {
  readonly id: string;
  readonly openedAt: number;
}

/** A place in the list of all connections, the newest first. */
export interface Place {
  readonly id: string;
  readonly openedAt: number;
}

export function newestFirst(one: Place, other: Place): number {
  return other.openedAt - one.openedAt || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** The first entries after a place, in order, without sorting all. */
export function firstAfter<T extends Dated>(
  entries: Iterable<T>,
  after: Place | undefined,
  count: number,
): T[] {
  let first: T[] = [];
  for (const entry of entries) {
    if (after && newestFirst(entry, after) <= 0) continue;
    first.push(entry);
    if (first.length >= 4 * count) first = first.toSorted(newestFirst).slice(0, count);
  }
  return first.toSorted(newestFirst).slice(0, count);
}

export function cursorOf({ openedAt, id }: Place): string {
  return `${openedAt}.${id}`;
}

/** @returns undefined if it is none */
export function placeIn(cursor: string): Place | undefined {
  const [, openedAt, id] = /^(\d{1,16})\.(.+)$/s.exec(cursor) ?? [];
  return id === undefined ? undefined : { openedAt: Number(openedAt), id };
}
