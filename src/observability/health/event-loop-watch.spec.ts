import { EventLoopWatch } from './event-loop-watch.js';

const EVERY_MS = 20;
const BLOCKED_MS = 400;

let watch: EventLoopWatch;

const block = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, EVERY_MS));

beforeEach(() => {
  watch = new EventLoopWatch(EVERY_MS);
});

afterEach(() => watch.stop());

it('reports an event loop that is blocked, also after a timer has run', async () => {
  expect(watch.latenessMs).toBe(0);
  block(BLOCKED_MS);
  expect(watch.latenessMs).toBeGreaterThanOrEqual(BLOCKED_MS - EVERY_MS);
  // The late timer runs first.
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(watch.latenessMs).toBeGreaterThanOrEqual(BLOCKED_MS - EVERY_MS);
});

it('forgets a block when the next timer was in time', async () => {
  expect(watch.latenessMs).toBe(0);
  block(BLOCKED_MS);
  while (watch.latenessMs >= BLOCKED_MS - EVERY_MS) await tick();
});
