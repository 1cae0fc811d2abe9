import { jest } from '@jest/globals';
import type { GoodbyeBody } from '../protocol/envelope.js';
import { RetryPlan } from './retry-plan.js';

const range = { baseMs: 500, maxMs: 20_000 };
const open = (code: number) => ({ phase: 'open', code, reason: '' }) as const;
const refused = { phase: 'handshake', code: 1006, reason: '' } as const;
const goodbye = (reconnect: GoodbyeBody['reconnect'], retryAfterMs = 0): GoodbyeBody => ({
  code: 1012,
  reason: '',
  reconnect,
  retryAfterMs,
});

describe('RetryPlan', () => {
  let plan: RetryPlan;

  beforeEach(() => {
    jest.useFakeTimers();
    plan = new RetryPlan({ ...range, random: () => 0.5 });
  });
  afterEach(() => void jest.useRealTimers());

  it('waits longer with each failure, and counts a short connection as one', () => {
    expect(plan.delay()).toBe(750);
    plan.ended(refused, false);
    expect(plan.delay()).toBe(1000);
    plan.opened();
    plan.ended(open(1006), false);
    expect(plan.failures).toBe(2);
    expect(plan.delay()).toBe(1500);
  });

  it('forgets failures after a stable connection, whose end is not a failure', () => {
    plan.ended(refused, false);
    plan.opened();
    plan.settled();
    expect(plan.failures).toBe(0);
    plan.ended(open(1006), false);
    expect(plan.failures).toBe(0);
    plan.opened();
    plan.ended(open(1006), false);
    expect(plan.failures).toBe(1);
  });

  it.each([
    [1000, false, 'never', false],
    [1006, false, 'backoff', true],
    [1012, true, 'backoff', true],
    [4401, false, 'never', false],
    [4403, false, 'never', false],
    [4419, false, 'reauthenticate', true],
    [4419, true, 'reauthenticate', false],
  ] as const)('after %i (fixed token: %s) the advice is %s, retry: %s', (code, fixed, next, retry) => {
    plan.opened();
    expect(plan.ended(open(code), fixed)).toEqual({ next, retry });
  });

  it('does not retry what the runtime refused to create', () => {
    expect(plan.ended({ phase: 'socket', code: null, reason: '' }, false)).toEqual({
      next: null,
      retry: false,
    });
  });

  it('retries after a failed token provider, but does not call the credential refused', () => {
    const verdict = plan.ended({ phase: 'token', code: null, reason: '' }, false);
    expect(verdict).toEqual({ next: null, retry: true });
    expect(plan.reauthenticate).toBe(false);
  });

  it.each([
    ['a refused handshake', refused],
    ['an expired token', open(4419)],
    ['a refused credential', open(4401)],
  ])('requests a fresh credential after %s, until a connection opens', (_, end) => {
    plan.ended(end, false);
    plan.start();
    expect(plan.reauthenticate).toBe(true);
    plan.opened();
    expect(plan.reauthenticate).toBe(false);
  });

  it('follows the goodbye rather than the close code', () => {
    plan.heardGoodbye(goodbye('never'));
    expect(plan.ended(open(1012), false)).toEqual({ next: 'never', retry: false });
    plan.opened();
    plan.heardGoodbye(goodbye('backoff'));
    expect(plan.ended(open(4403), false)).toEqual({ next: 'backoff', retry: true });
  });

  it('applies a goodbye to the end of its own connection only', () => {
    plan.heardGoodbye(goodbye('reauthenticate', 3000));
    plan.ended(open(1012), false);
    expect(plan.ended(refused, false).next).toBe('backoff');
    expect(plan.delay()).toBeGreaterThan(3000);
  });

  it('adds the delay to the time in the goodbye', () => {
    plan.opened();
    plan.settled();
    plan.heardGoodbye(goodbye('backoff', 3000));
    plan.ended(open(1012), false);
    expect(plan.delay()).toBe(3750);
    expect(plan.delay(true)).toBe(3250);
    jest.advanceTimersByTime(1000);
    expect(plan.delay()).toBe(2750);
    jest.advanceTimersByTime(60_000);
    expect(plan.delay()).toBe(750);
    expect(plan.delay(true)).toBe(250);
  });

  it('waits for the retryAfterMs of the last refused message after 4429 only', () => {
    for (const [code, delay] of [
      [4429, 9750],
      [1006, 750],
    ] as const) {
      plan.opened();
      plan.settled();
      plan.heardLimit(9000);
      plan.ended(open(code), false);
      expect(plan.delay()).toBe(delay);
    }
  });

  it('uses the longer of two hints', () => {
    plan.opened();
    plan.settled();
    plan.heardGoodbye(goodbye('backoff', 9000));
    plan.heardLimit(1000);
    plan.ended(open(4429), false);
    expect(plan.delay()).toBe(9750);
  });

  it('resets', () => {
    plan.ended(refused, false);
    plan.heardGoodbye(goodbye('never', 3000));
    expect(plan.delay()).toBe(4000);
    plan.start();
    expect(plan.failures).toBe(0);
    expect(plan.delay()).toBe(750);
    expect(plan.ended(open(1006), false).next).toBe('backoff');
  });

  describe('delay()', () => {
    const delayAfter = (failures: number, random: number, backoff = range): number => {
      const one = new RetryPlan({ ...backoff, random: () => random });
      one.failures = failures;
      return one.delay();
    };
    const almostOne = 1 - Number.EPSILON;

    it('is never shorter than the base delay', () => {
      for (let failures = 0; failures < 100; failures++) expect(delayAfter(failures, 0)).toBe(500);
    });

    it('spreads the first retry too', () => {
      expect(delayAfter(0, 0.5)).toBe(750);
    });

    it('doubles the spread with each failure', () => {
      const longest = [0, 1, 2, 3].map((failures) => Math.round(delayAfter(failures, almostOne)));
      expect(longest).toEqual([1000, 1500, 2500, 4500]);
    });

    it('is never longer than the maximum, after any number of failures', () => {
      for (const failures of [6, 7, 50, 2000]) {
        expect(delayAfter(failures, almostOne)).toBeCloseTo(20_000, 6);
        expect(delayAfter(failures, almostOne)).toBeLessThanOrEqual(20_000);
      }
    });

    it('is the maximum when the base is above it', () => {
      expect(delayAfter(0, 0, { baseMs: 500, maxMs: 100 })).toBe(100);
    });
  });

  it('S7 spreads 500 clients that lost one server at the same time', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const delays = Array.from({ length: 500 }, () => {
      const one = new RetryPlan({ ...range, random });
      one.opened();
      one.settled();
      one.ended(open(1012), false);
      return one.delay();
    });
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000);
    for (let from = 500; from < 1_000; from += 100) {
      const within = delays.filter((delay) => delay >= from && delay < from + 100);
      expect(within.length).toBeGreaterThan(60);
      expect(within.length).toBeLessThan(140);
    }
  });
});
