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
  return Math.min(...rounds.map((round) => round.run)) / slownessOf(rounds.map(({ yardstick }) => yardstick));
}

/** How many times slower this machine is than the one that bounds are set for, never less than one. */
export function slowness(): number {
  return slownessOf(Array.from({ length: ROUNDS }, () => timeOf(measure)));
}

const measure = (): unknown => JSON.parse(JSON.stringify(JSON.parse(YARDSTICK)));

const slownessOf = (yardsticks: readonly number[]): number =>
  Math.max(1, Math.min(...yardsticks) / YARDSTICK_MS);

/** Milliseconds of the processor: nobody who shares it with this process counts. */
function timeOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
