const YARDSTICK = JSON.stringify(Array.from({ length: 1000 }, (_, at) => ({ [`k${at}`]: [at, `${at}`] })));
/** The yardstick's duration on the reference machine. */
const YARDSTICK_MS = 0.8;
const ROUNDS = 10;

/**
 * The duration of the fastest of ten runs in milliseconds, scaled to the reference machine. A known piece of work
 * before each run shows how much slower this machine is at the moment.
 */
export function quickest(run: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => ({ yardstick: timeOf(measure), run: timeOf(run) }));
  return Math.min(...rounds.map((round) => round.run)) / slownessOf(rounds.map(({ yardstick }) => yardstick));
}

/** How many times slower this machine is than the reference machine. At least 1. */
export function slowness(): number {
  return slownessOf(Array.from({ length: ROUNDS }, () => timeOf(measure)));
}

const measure = (): unknown => JSON.parse(JSON.stringify(JSON.parse(YARDSTICK)));

const slownessOf = (yardsticks: readonly number[]): number =>
  Math.max(1, Math.min(...yardsticks) / YARDSTICK_MS);

/** Processor time in milliseconds, so that other processes do not count. */
function timeOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
