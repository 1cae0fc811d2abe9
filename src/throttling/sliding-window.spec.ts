import fc from 'fast-check';
import { SlidingWindow } from './sliding-window.js';

/** The definition, spelled out: count what was accepted in the last `ttl`. */
class NaiveWindow {
  private readonly accepted: number[] = [];

  constructor(
    private readonly limit: number,
    private readonly ttl: number,
  ) {}

  hit(now: number, cost = 1): boolean {
    const count = Math.min(cost, this.limit);
    const recent = this.accepted.filter((at) => at > now - this.ttl);
    if (recent.length + count > this.limit) return false;
    for (let i = 0; i < count; i++) this.accepted.push(now);
    return true;
  }
}

describe('SlidingWindow', () => {
  it('R2 decides as the definition does, whatever the schedule', () => {
    const schedules = fc.record({
      limit: fc.integer({ min: 1, max: 9 }),
      ttl: fc.integer({ min: 1, max: 1000 }),
      gaps: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }),
    });
    fc.assert(
      fc.property(schedules, ({ limit, ttl, gaps }) => {
        const [exact, naive] = [new SlidingWindow(limit, ttl), new NaiveWindow(limit, ttl)];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          expect(exact.hit(now) === 0).toBe(naive.hit(now));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('R2 counts costs as so many hits, all of them or none', () => {
    const schedules = fc.record({
      limit: fc.integer({ min: 1, max: 9 }),
      ttl: fc.integer({ min: 1, max: 1000 }),
      hits: fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 12 })), {
        maxLength: 200,
      }),
    });
    fc.assert(
      fc.property(schedules, ({ limit, ttl, hits }) => {
        const [exact, naive] = [new SlidingWindow(limit, ttl), new NaiveWindow(limit, ttl)];
        let now = 0;
        for (const [gap, cost] of hits) {
          now += gap;
          const wait = exact.hit(now, cost);
          expect(wait === 0).toBe(naive.hit(now, cost));
          if (wait === 0) continue;
          expect(exact.hit(now + wait - 1, cost)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('R2 a wait that was named is the exact one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 8, maxLength: 60 }), (gaps) => {
        const window = new SlidingWindow(7, 700);
        let now = 0;
        for (const gap of gaps) {
          const wait = window.hit((now += gap));
          if (wait === 0) continue;
          expect(window.hit(now + wait - 1)).toBeGreaterThan(0);
          expect(window.hit((now += wait))).toBe(0);
        }
      }),
    );
  });

  it('R2 of a limit with a fraction the whole hits count', () => {
    const window = new SlidingWindow(2.5, 100);
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
      const window = new SlidingWindow(limit, 100);
      expect([window.hit(0), window.hit(1000)]).toEqual([100, 100]);
    }
  });

  it('remembers nothing where there is no limit', () => {
    const window = new SlidingWindow(Infinity, 100);
    for (let now = 0; now < 10; now++) expect(window.hit(now)).toBe(0);
    expect(window.size).toBe(0);
  });

  it('says from when on it remembers nothing that counts', () => {
    const window = new SlidingWindow(2, 100);
    expect(window.idleAt).toBe(-Infinity);
    for (const now of [0, 10, 110, 120, 230]) {
      window.hit(now);
      expect(window.idleAt).toBe(now + 100);
    }
  });
});
