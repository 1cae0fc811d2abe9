const YARDSTICK = JSON.stringify(Array.from({ length: 1000 }, (_, at) => ({ [`k${at}`]: [at, `${at}`] })));
/** What the yardstick takes on the machine that bounds are set for. */
const YARDSTICK_MS = 0.8;
const ROUNDS = 10;

/**
 * Milliseconds of the quickest of a few runs, in the time of the machine that bounds are set for: a known piece of
 * work beside each run tells how much slower this one is just now. What is measured is the algorithm.
 */
export function quickest(run: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => ({ yardstick: timeOf(measure), run: timeOf(run) }));
  const slowness = Math.min(...rounds.map(({ yardstick }) => yardstick)) / YARDSTICK_MS;
  return Math.min(...rounds.map((round) => round.run)) / Math.max(1, slowness);
}

const measure = (): unknown => JSON.parse(JSON.stringify(JSON.parse(YARDSTICK)));

function timeOf(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
