type End = () => unknown;
type Body = (later: (end: End) => void) => Promise<void>;

/**
 * Tests that mostly wait, each with servers of its own: all of them begin with the first one, and each has its own
 * outcome. Hooks know one test at a time, so a body gets what takes the ends of what it has started: they are called
 * after it, the last one first, also when it fails.
 *
 * @param most at the same time
 */
export function atOnce(most: number): (name: string, body: Body) => void {
  const bodies: Body[] = [];
  const outcomes = new Map<Body, Promise<void>>();

  const begin = (): void => {
    const ends: Promise<void>[] = [];
    for (const body of bodies) {
      // The places are taken in turn.
      const outcome = Promise.resolve(ends[ends.length - most]).then(() => run(body));
      ends.push(outcome.catch(() => undefined));
      outcomes.set(body, outcome);
    }
  };
  return (name, body) => {
    bodies.push(body);
    it(name, async () => {
      if (outcomes.size === 0) begin();
      await outcomes.get(body);
    });
  };
}

async function run(body: Body): Promise<void> {
  const ends: End[] = [];
  try {
    await body((end) => ends.push(end));
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}
