/**
 * For a `describe`: what its tests have started is ended after each of them, the last one first, also when they fail. A
 * worker that is left with open connections does not exit.
 *
 * @returns what takes the end of something, and what ends it now
 */
export function endings(): (end: () => unknown) => () => Promise<void> {
  const open = new Set<() => unknown>();
  const now = async (end: () => unknown): Promise<void> => {
    if (open.delete(end)) await end();
  };
  afterEach(async () => {
    for (const end of [...open].toReversed()) await now(end);
  });
  return (end) => {
    open.add(end);
    return () => now(end);
  };
}
