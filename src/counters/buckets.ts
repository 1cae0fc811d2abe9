/** Durations of messages, in milliseconds. */
export const MESSAGE_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** Durations of decisions and of calls, in milliseconds. */
export const DECISION_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Lives of connections, in milliseconds. Timeouts of proxies (30, 60, 100 s) end buckets. */
export const LIFE_MS = [
  SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  35 * SECOND,
  MINUTE,
  65 * SECOND,
  100 * SECOND,
  105 * SECOND,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  4 * HOUR,
  12 * HOUR,
  24 * HOUR,
];
