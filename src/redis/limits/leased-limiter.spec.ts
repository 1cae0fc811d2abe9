import { ManualClock } from '../../../test/support/manual-clock.js';
import type { GrantCall, GrantCalls } from './grant-calls.js';
import { GrantedWindow } from './granted-window.js';
import { LeasedLimiter } from './leased-limiter.js';

const PARTITION = { tag: '{c}' };
const LIMIT = 100;

/** A limiter whose calls the test answers. */
function start() {
  const clock = new ManualClock();
  type Answered = Parameters<GrantCalls['send']>;
  const calls: (GrantCall & { answer: Answered[1]; fail: Answered[2] })[] = [];
  const limiter = new LeasedLimiter(clock, {
    send: (call, answer, fail) => void calls.push({ ...call, answer, fail }),
  });
  const told: string[] = [];
  /** A hit on a window of its own. */
  const hit = (key: string): void => {
    const window = new GrantedWindow(key, PARTITION, 10_000, clock.monotonic());
    expect(limiter.hit(clock.monotonic(), window, LIMIT, 1)).toBeUndefined();
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
  it('R2 all that has gathered while a call was under way is one call', () => {
    const { clock, calls, told, hit } = start();
    hit('a');
    for (let n = 0; n < 100; n++) hit(`b${n}`);
    clock.advance(20);
    calls[0]?.answer([5, 1000]);
    expect(calls.map(({ windows }) => windows.length)).toEqual([1, 100]);
    calls[1]?.answer(Array.from({ length: 100 }, () => [5, 1000]).flat());
    expect(told).toHaveLength(101);
    expect(told.filter((text) => !text.endsWith('settled'))).toEqual([]);
  });

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
