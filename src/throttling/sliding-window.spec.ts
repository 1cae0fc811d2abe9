import fc from 'fast-check';
import { expectEqual } from '../../test/support/expect-equal.js';
import { REMEMBERED_WITHOUT_LIMIT, SlidingWindow } from './sliding-window.js';

/** The definition, spelled out: count what was accepted in the last `ttl`. */
class NaiveWindow {
  private readonly accepted: number[] = [];

  hit(now: number, limit: number, ttl: number, cost = 1): boolean {
    const count = Math.min(cost, Math.floor(limit));
    const recent = this.accepted.filter((at) => at > now - ttl);
    if (!(limit >= 1) || recent.length + count > limit) return false;
    for (let i = 0; i < count; i++) this.accepted.push(now);
    return true;
  }
}

/** A window whose limit never changes. */
function fixed(limit: number, ttl: number): { hit(now: number, cost?: number): number } {
  const window = new SlidingWindow();
  return { hit: (now, cost) => window.hit(now, limit, ttl, cost) };
}

const limits = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }) },
  fc.constantFrom(0, 0.5, 2.5, -1, Number.NaN, Infinity),
);

describe('SlidingWindow', () => {
  it('R2 decides as the definition does, whatever the limit of the moment, the cost and the schedule', () => {
    const hits = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), limits, fc.integer({ min: 1, max: 40 })),
      {
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), hits, (ttl, schedule) => {
        const [exact, naive] = [new SlidingWindow(), new NaiveWindow()];
        let now = 0;
        for (const [gap, limit, cost] of schedule) {
          now += gap;
          const wait = exact.hit(now, limit, ttl, cost);
          expectEqual(wait === 0, naive.hit(now, limit, ttl, cost));
          if (wait === 0 || !(limit >= 1)) continue;
          // A refused hit changes nothing, and the wait that was named is the exact one.
          expectEqual(exact.hit(now + wait - 1, limit, ttl, cost), 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('R2 decides as the definition does when the length of the window changes too', () => {
    const hits = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(10, 200, 1000),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(hits, (schedule) => {
        const [exact, naive] = [new SlidingWindow(), new NaiveWindow()];
        // It remembers as much as it was ever asked about.
        exact.hit(0, 9, 1000);
        naive.hit(0, 9, 1000);
        let now = 0;
        for (const [gap, limit, ttl] of schedule)
          expectEqual(exact.hit((now += gap), limit, ttl) === 0, naive.hit(now, limit, ttl));
      }),
      { numRuns: 500 },
    );
  });

  it('R2 a wait that was named is the exact one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 8, maxLength: 60 }), (gaps) => {
        const window = fixed(7, 700);
        let now = 0;
        for (const gap of gaps) {
          const wait = window.hit((now += gap));
          if (wait === 0) continue;
          expectEqual(window.hit(now + wait - 1) > 0, true);
          expectEqual(window.hit((now += wait)), 0);
        }
      }),
    );
  });

  it('R2 of a limit with a fraction the whole hits count', () => {
    const window = fixed(2.5, 100);
    expect([0, 1, 2, 3, 100, 101, 102].map((now) => window.hit(now) === 0)).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('R2 no limit above zero lets nobody through', () => {
    for (const limit of [0, 0.5, -1, Number.NaN]) {
      const window = fixed(limit, 100);
      expect([window.hit(0), window.hit(1000)]).toEqual([100, 100]);
    }
  });

  it('R2 a limit that is lowered counts what was accepted under the higher one, and the other way round', () => {
    const window = new SlidingWindow();
    for (let now = 0; now < 10; now++) expect(window.hit(now, 10, 100)).toBe(0);
    expect(window.hit(10, 5, 100)).toBe(95);
    expect(window.hit(10, 12, 100)).toBe(0);
    expect(window.hit(11, 12, 100)).toBe(0);
    expect(window.hit(12, 12, 100)).toBe(88);
  });

  it('R2 a limit that comes after there was none counts what was accepted before', () => {
    const window = new SlidingWindow();
    for (let now = 0; now < 20_000; now++) window.hit(now, Infinity, 100_000);
    expect(window.size).toBe(REMEMBERED_WITHOUT_LIMIT);
    expect(window.hit(20_000, 10, 100_000)).toBe(99_990);
    expect(window.hit(20_000, REMEMBERED_WITHOUT_LIMIT, 100_000)).toBe(90_000);
  });

  it('R2 without a limit a cost takes no more memory than is remembered', () => {
    const window = new SlidingWindow();
    expect(window.hit(0, Infinity, 100, 2 ** 50)).toBe(0);
    expect(window.size).toBe(REMEMBERED_WITHOUT_LIMIT);
  });

  it('R2 remembers what counts, not what a high limit would let through', () => {
    const window = new SlidingWindow();
    for (let now = 0; now < 1000; now++) window.hit(now, 1000, 1000);
    expect(window.size).toBe(1000);
    for (let now = 2000; now < 122_000; now += 100) window.hit(now, 1_000_000, 1000);
    expect(window.size).toBeLessThanOrEqual(11);
  });

  it('says from when on it remembers nothing that counts', () => {
    const window = new SlidingWindow();
    expect(window.idleAt).toBe(-Infinity);
    for (const now of [0, 10, 110, 120, 230]) {
      window.hit(now, 2, 100);
      expect(window.idleAt).toBe(now + 100);
    }
    window.hit(240, 2, 50);
    expect(window.idleAt).toBe(340);
  });
});
