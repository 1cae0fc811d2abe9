import fc from 'fast-check';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { knowsCost } from '../../src/throttling/ws-throttler-storage.interface.js';
import type { ThrottlerVerdict } from '../../src/throttling/throttler-verdict.interface.js';

interface Subject {
  storage: ThrottlerStorage;
  /** Moves the storage's time on, milliseconds. */
  advance(ms: number): void | Promise<void>;
  end(): void | Promise<void>;
}

/** What every `ThrottlerStorage` of this module has to do. */
export function describeThrottlerStorage(name: string, create: () => Subject | Promise<Subject>): void {
  describe(`${name} as a ThrottlerStorage`, () => {
    let subject: Subject;

    beforeEach(async () => {
      subject = await create();
    });

    afterEach(() => subject.end());

    const hit = (key: string, limit: number, ttl: number, block = 0): Promise<ThrottlerVerdict> =>
      subject.storage.increment(key, ttl, limit, block, 'default');

    it('R2 accepts exactly the limit, however many hits come at once', async () => {
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => hit('key', 7, 1000)));
      expect(verdicts.filter(({ isBlocked }) => !isBlocked)).toHaveLength(7);
    });

    it('R2 names the wait to the millisecond, and a refused hit does not prolong it', async () => {
      await hit('key', 2, 1000);
      await subject.advance(300);
      await hit('key', 2, 1000);
      await subject.advance(200);
      expect(await hit('key', 2, 1000)).toMatchObject({
        isBlocked: true,
        retryAfterMs: 500,
        timeToBlockExpire: 1,
      });
      await subject.advance(499);
      expect(await hit('key', 2, 1000)).toMatchObject({ isBlocked: true, retryAfterMs: 1 });
      await subject.advance(1);
      expect((await hit('key', 2, 1000)).isBlocked).toBe(false);
      expect(await hit('key', 2, 1000)).toMatchObject({ isBlocked: true, retryAfterMs: 300 });
    });

    it('R2 never accepts more than the limit in any window, and never refuses below it', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 40 }), async (gaps) => {
          const key = `run-${++run}`;
          const accepted: number[] = [];
          let now = 0;
          for (const gap of gaps) {
            await subject.advance(gap);
            now += gap;
            const recent = accepted.filter((at) => at > now - 700).length;
            const { isBlocked } = await hit(key, 7, 700);
            expect(isBlocked).toBe(recent >= 7);
            if (!isBlocked) accepted.push(now);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('blocks as long as asked', async () => {
      await hit('key', 1, 100, 5000);
      expect(await hit('key', 1, 100, 5000)).toMatchObject({ isBlocked: true, retryAfterMs: 5000 });
      await subject.advance(4999);
      expect((await hit('key', 1, 100, 5000)).isBlocked).toBe(true);
      await subject.advance(1);
      expect((await hit('key', 1, 100, 5000)).isBlocked).toBe(false);
    });

    it('counts a cost as so many hits, all of them or none', async () => {
      const { storage } = subject;
      if (!knowsCost(storage)) return;
      const spend = async (cost: number): Promise<ThrottlerVerdict> =>
        storage.increment('key', 1000, 5, 0, 'default', cost);
      expect((await spend(3)).isBlocked).toBe(false);
      expect(await spend(3)).toMatchObject({ isBlocked: true, retryAfterMs: 1000 });
      expect((await spend(2)).isBlocked).toBe(false);
      expect((await spend(1)).isBlocked).toBe(true);
      await subject.advance(1000);
      expect((await spend(99)).isBlocked).toBe(false);
      expect((await spend(1)).isBlocked).toBe(true);
    });

    it('R2 a key has one budget, whatever the limit of the moment', async () => {
      for (const limit of [2, 3, 4]) expect((await hit('key', limit, 1000)).isBlocked).toBe(false);
      for (const limit of [1, 2, 3]) expect((await hit('key', limit, 1000)).isBlocked).toBe(true);
      await subject.advance(400);
      expect((await hit('key', 4, 1000)).isBlocked).toBe(false);
      expect(await hit('key', 4, 1000)).toMatchObject({ isBlocked: true, retryAfterMs: 600 });
      expect((await hit('key', 5, 1000)).isBlocked).toBe(false);
      await subject.advance(600);
      expect(await hit('key', 2, 1000)).toMatchObject({ isBlocked: true, retryAfterMs: 400 });
      expect((await hit('key', 3, 1000)).isBlocked).toBe(false);
    });

    it('R2 never accepts more than the limit of the moment, and never refuses below it', async () => {
      let run = 0;
      const hits = fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.constantFrom(1, 3, 7)), {
        maxLength: 40,
      });
      await fc.assert(
        fc.asyncProperty(hits, async (schedule) => {
          const key = `plan-${++run}`;
          const accepted: number[] = [];
          let now = 0;
          for (const [gap, limit] of schedule) {
            await subject.advance(gap);
            now += gap;
            const recent = accepted.filter((at) => at > now - 700).length;
            const { isBlocked } = await hit(key, limit, 700);
            expect(isBlocked).toBe(recent >= limit);
            if (!isBlocked) accepted.push(now);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('keeps keys and throttlers apart', async () => {
      await hit('key', 1, 1000);
      expect((await hit('other', 1, 1000)).isBlocked).toBe(false);
      const { isBlocked } = await subject.storage.increment('key', 1000, 1, 0, 'second');
      expect(isBlocked).toBe(false);
    });
  });
}
