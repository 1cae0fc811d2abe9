import { ManualClock } from '../../../test/support/manual-clock.js';
import type { GrantCall } from './grant-calls.js';
import { GrantedWindow } from './granted-window.js';
import { LeasedLimiter } from './leased-limiter.js';

const PARTITION = { tag: '{c}' };
const LIMIT = 100;

/** A limiter whose calls the test answers. */
function start() {
  const clock = new ManualClock();
  const calls: (GrantCall & { fail: (outcome: 'not-run' | 'unknown') => void })[] = [];
  const limiter = new LeasedLimiter(clock, {
    send: (call, _, fail) => void calls.push({ ...call, fail }),
  });
  const told: string[] = [];
  /** A hit on a window of its own. */
  const hit = (key: string): void => {
    const window = new GrantedWindow(key, PARTITION, 10_000, clock.monotonic());
    expect(limiter.hit(window, LIMIT, 1)).toBeUndefined();
    limiter.wait(window, {
      cost: 1,
      limit: LIMIT,
      settle: () => told.push(`${key} settled`),
      giveUp: () => told.push(`${key} given up`),
    });
  };
  return { clock, calls, told, hit };
}

describe('LeasedLimiter', () => {
  it.each(['unknown', 'not-run'] as const)(
    'R11 hits that wait behind a call do not wait for another one when it fails (%s)',
    (outcome) => {
      const { clock, calls, told, hit } = start();
      hit('a');
      for (let n = 0; n < 100; n++) hit(`b${n}`);
      expect(calls).toHaveLength(1);
      calls[0]?.fail(outcome);
      expect(told).toHaveLength(101);
      expect(told.filter((text) => !text.endsWith('given up'))).toEqual([]);
      clock.advance(100);
      expect(calls).toHaveLength(1);
      hit('c');
      expect(calls.at(-1)?.windows.map(({ key }) => key)).toEqual(['c']);
    },
  );
});
