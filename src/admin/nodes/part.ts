/** The part of a list that one node answers. */
export interface Part<T> {
  readonly items: readonly T[];
  /** Whether the node has more of them. */
  readonly more: boolean;
}

const MOST_BYTES = 48 * 1024;

/**
 * As many of the items, in their order, as an answer has room for.
 *
 * @param limit at most so many
 * @param most their bytes of JSON, if an answer contains something else too
 */
export function partOf<T>(items: readonly T[], limit: number, most = MOST_BYTES): Part<T> {
  const part: T[] = [];
  let bytes = 0;
  for (const item of items.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (part.length > 0 && bytes > most) break;
    part.push(item);
  }
  return { items: part, more: items.length > part.length };
}

/**
 * The first items of all parts, in order. Behind the last item of a part that has more, nothing can be told.
 *
 * @returns the items, and whether there are more
 */
export function merged<T>(
  parts: readonly Part<T>[],
  limit: number,
  compare: (one: T, other: T) => number,
): Part<T> {
  const ends = parts.flatMap(({ items, more }) => (more ? (items.at(-1) ?? []) : []));
  const [end] = ends.toSorted(compare);
  const known = parts
    .flatMap(({ items }) => items)
    .filter((item) => end === undefined || compare(item, end) <= 0)
    .toSorted(compare);
  return { items: known.slice(0, limit), more: end !== undefined || known.length > limit };
}
