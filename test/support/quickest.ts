const YARDSTICK = JSON.stringify(Array.from({ length: 1000 }, (_, at) => ({ [`k${at}`]: [at, `${at}`] })));
/** The yardstick's duration on the reference machine. */
const YARDSTICK_MS = 0.8;
const ROUNDS = 10;

/**
 * The duration of the fastest of up to ten runs in milliseconds, scaled to the reference machine. A known piece of work
 * beside each run shows how much slower this machine is at the moment. A run below `enoughMs` is the last one.
 */
export function quickest(run: () => void, enoughMs: number): number {
  const yardsticks: number[] = [];
  let fastest = Infinity;
  while (yardsticks.length < ROUNDS) {
    fastest = Math.min(fastest, timeOf(run));
    if (fastest < enoughMs) return fastest;
    yardsticks.push(timeOf(measure));
  }
  return fastest / slownessOf(yardsticks);
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
