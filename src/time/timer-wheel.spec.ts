import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { Logged } from '../../test/support/logged.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { TimerWheel } from './timer-wheel.js';

describe('TimerWheel', () => {
  it('L5 runs other timers when one throws', () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    const logged = new Logged();
    const ran: number[] = [];
    wheel.schedule(100, () => ran.push(1));
    wheel.schedule(100, () => {
      throw new Error('canary-timer');
    });
    wheel.schedule(100, () => ran.push(2));
    wheel.schedule(300, () => ran.push(3));
    clock.advance(1000);
    logged.stop();
    expect(ran).toEqual([1, 2, 3]);
    expect(logged.texts).toEqual(['A timer failed']);
  });

  it('runs every timer on time: never early, at most one tick late', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(delays, fc.integer({ min: 0, max: 99 }), (list, offset) => {
        const clock = new ManualClock();
        clock.advance(offset);
        const wheel = new TimerWheel(clock);
        const late: number[] = [];
        for (const delay of list) {
          const due = clock.monotonic() + delay;
          wheel.schedule(delay, () => late.push(clock.monotonic() - due));
        }
        clock.advance(201_000);
        expect(late).toHaveLength(list.length);
        for (const lateness of late) {
          expect(lateness).toBeGreaterThanOrEqual(0);
          expect(lateness).toBeLessThanOrEqual(200);
        }
        wheel.onApplicationShutdown();
      }),
      { numRuns: 50 },
    );
  });

  it('supports delays longer than setTimeout does', async () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    const month = 30 * 86_400_000;
    let ran = false;
    wheel.schedule(month, () => (ran = true));
    clock.jump(month - 1000);
    expect(ran).toBe(false);
    clock.advance(1100);
    await setImmediate();
    expect(ran).toBe(true);
  });

  it('does not run a cancelled timer, even if a timer of the same tick cancels it', () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    const ran: string[] = [];
    wheel.schedule(50, () => {
      ran.push('first');
      second.cancel();
      second.cancel();
    });
    const second = wheel.schedule(100, () => ran.push('second'));
    clock.advance(500);
    expect(ran).toEqual(['first']);
  });

  it('runs a timer that was scheduled by a timer', () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    let rounds = 0;
    const again = (): void => {
      rounds += 1;
      wheel.schedule(1000, again);
    };
    again();
    clock.advance(10_500);
    expect(rounds).toBeGreaterThanOrEqual(9);
  });

  it('catches up after a stall longer than one turn of the wheel', async () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    let ran = 0;
    for (let delay = 0; delay < 120_000; delay += 777) wheel.schedule(delay, () => (ran += 1));
    clock.jump(120_000);
    clock.advance(100);
    await setImmediate();
    expect(ran).toBe(Math.ceil(120_000 / 777));
  });

  it('runs nothing after a stall until Node has read what arrived meanwhile, which may cancel a deadline', async () => {
    const clock = new ManualClock();
    const wheel = new TimerWheel(clock);
    const ran: string[] = [];
    const answered = wheel.schedule(1000, () => ran.push('answered'));
    wheel.schedule(1000, () => ran.push('silent'));
    clock.jump(5000);
    clock.advance(100);
    expect(ran).toEqual([]);
    answered.cancel();
    await setImmediate();
    expect(ran).toEqual(['silent']);
  });
});
