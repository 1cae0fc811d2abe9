import { RedisKeys } from '../../src/redis/keys.js';
import { RedisThrottlerStorage } from '../../src/redis/limits/redis-throttler.storage.js';
import type { DeclaredLimit } from '../../src/throttling/declared-limit.interface.js';
import { Random } from './model/random.js';
import { TestLink } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const LIMIT = 100;
const TTL_MS = 30_000;
/** A busy machine is not an outage. */
const TIMEOUT_MS = 10_000;

describeWithRedis('limits over two nodes', () => {
  let redis: RedisServer;
  let links: TestLink[];
  let storages: RedisThrottlerStorage[];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(async () => {
    await redis.command('FLUSHALL');
    links = await Promise.all([0, 1].map(() => TestLink.start(redis.url, { timeoutMs: TIMEOUT_MS })));
    await Promise.all(links.map((link) => link.up()));
    const options = { keys: new RedisKeys('wss:'), outage: 'deny', limits: 'leased' } as const;
    storages = links.map(({ link, clock }) => new RedisThrottlerStorage(link, clock, options));
  });

  afterEach(() => {
    for (const storage of storages) storage.onApplicationShutdown();
    for (const link of links) link.stop();
  });

  afterAll(() => redis.stop());

  async function isAccepted(
    node: number,
    cost: number,
    limit: number,
    declared: DeclaredLimit,
  ): Promise<boolean> {
    const { ttl, blockDuration } = declared;
    const storage = storages[node] as RedisThrottlerStorage;
    const { isBlocked } = await storage.hit('key', ttl, limit, blockDuration, 'default', cost, declared);
    return !isBlocked;
  }

  const rule = (maxCost: number, ttl = TTL_MS): DeclaredLimit => ({
    limit: LIMIT,
    ttl,
    blockDuration: 0,
    maxCost,
  });

  it.each([1, 5, 25, 26, 60, 100])(
    'R2 costs up to %d are never over the limit, also when scripts are forgotten',
    async (most) => {
      const random = new Random(most);
      const declared = rule(most);
      let spent = 0;
      for (let round = 0; round < 60; round++) {
        if (round % 5 === 0) await redis.command('SCRIPT', 'FLUSH');
        const costs = Array.from({ length: 4 }, () => random.whole(1, most));
        const accepted = await Promise.all(costs.map((cost, n) => isAccepted(n % 2, cost, LIMIT, declared)));
        costs.forEach((cost, n) => (spent += accepted[n] ? cost : 0));
      }
      // Whatever is left is for hits of the lowest cost.
      for (let n = 0; n < 40; n++) if (await isAccepted(n % 2, 1, LIMIT, declared)) spent++;
      expect(spent).toBeLessThanOrEqual(LIMIT);
      expect(spent).toBeGreaterThanOrEqual(0.95 * LIMIT);
    },
  );

  it('R2 a hit may cost all of a limit, once', async () => {
    const declared = rule(LIMIT);
    expect(await isAccepted(0, LIMIT, LIMIT, declared)).toBe(true);
    expect([await isAccepted(0, 1, LIMIT, declared), await isAccepted(1, 1, LIMIT, declared)]).toEqual([
      false,
      false,
    ]);
  });

  it.each([1, 60])(
    'R2 a plan that changes in the middle of a window counts what was spent (costs up to %d)',
    async (most) => {
      const declared = rule(most);
      const spend = async (limit: number): Promise<number> => {
        let count = 0;
        for (let n = 0; n < 2 * LIMIT; n++) if (await isAccepted(n % 2, 1, limit, declared)) count++;
        return count;
      };
      const first = await spend(60);
      const lower = await spend(30);
      const higher = await spend(120);
      expect([first <= 60, first >= 57, lower]).toEqual([true, true, 0]);
      expect(first + higher).toBeLessThanOrEqual(120);
      expect(first + higher).toBeGreaterThanOrEqual(114);
    },
  );

  it('R2 what was lent to a node that was killed is there again after five quarters of a window', async () => {
    const declared = rule(1, 2000);
    expect(await isAccepted(0, 1, LIMIT, declared)).toBe(true);
    storages[0]?.onApplicationShutdown();
    links[0]?.stop();
    await new Promise((resolve) => setTimeout(resolve, 1.25 * 2000 + 50));
    let count = 0;
    for (let n = 0; n < LIMIT + 10; n++) if (await isAccepted(1, 1, LIMIT, declared)) count++;
    expect(count).toBe(LIMIT);
  });
});
