import { RedisKeys } from '../../src/redis/keys.js';
import {
  RedisThrottlerStorage,
  type RedisThrottlerOptions,
} from '../../src/redis/limits/redis-throttler.storage.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { leasedThrottlerStorageContract } from '../../src/testing/contracts/leased-throttler-storage.contract.js';
import { throttlerStorageContract } from '../../src/testing/contracts/throttler-storage.contract.js';
import type { DeclaredLimit } from '../../src/throttling/declared-limit.interface.js';
import type { ThrottlerVerdict } from '../../src/throttling/throttler-verdict.interface.js';
import { type Clock, SystemClock } from '../../src/time/clock.js';
import { endings } from '../support/endings.js';
import { JointTime, JumpingClock } from '../support/jumping-clock.js';
import { idle, SettableClock, TestLink, type TestLinkOptions } from '../support/redis-link.js';
import { describeWithRedis, describeWithRedisClock, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';
import { TcpRelay } from '../support/tcp-relay.js';

/** A node with its own link. */
class Node {
  private constructor(
    readonly link: TestLink,
    readonly storage: RedisThrottlerStorage,
  ) {}

  static async start(
    { url }: Pick<RedisServer, 'url'>,
    options: Partial<RedisThrottlerOptions> = {},
    clock: Clock = new SystemClock(),
    ofLink: TestLinkOptions = {},
  ): Promise<Node> {
    const link = await TestLink.start(url, ofLink);
    await link.up();
    const keys = new RedisKeys('wss:');
    const all = { keys, outage: 'deny', limits: 'leased', ...options } as const;
    return new Node(link, new RedisThrottlerStorage(link.link, clock, all));
  }

  async hit(key: string, declared: DeclaredLimit, cost = 1): Promise<ThrottlerVerdict> {
    const { ttl, limit, blockDuration } = declared;
    return this.storage.hit(key, ttl, limit, blockDuration, 'default', cost, declared);
  }

  async accepted(times: number, key: string, declared: DeclaredLimit): Promise<number> {
    const verdicts = await Promise.all(Array.from({ length: times }, () => this.hit(key, declared)));
    return verdicts.filter(({ isBlocked }) => !isBlocked).length;
  }

  stop(): void {
    this.storage.onApplicationShutdown();
    this.link.stop();
  }
}

const LEASED: DeclaredLimit = { limit: 100, ttl: 10_000, blockDuration: 0, maxCost: 1 };
const EXACT: DeclaredLimit = { limit: 5, ttl: 10_000, blockDuration: 0, maxCost: 1 };

describeWithRedisClock('limits over all nodes keep their contract', () => {
  let redis: RedisServer;
  let time: JointTime;
  let subjects = 0;

  beforeAll(async () => {
    redis = await RedisServer.start({ hasOwnClock: true });
    time = new JointTime([redis]);
  });

  afterAll(() => redis?.stop());

  const subject = async (): Promise<ContractSubject<RedisThrottlerStorage>> => {
    const keys = new RedisKeys(`wss:${++subjects}:`);
    const clock = time.keep(new JumpingClock());
    // A busy machine is not an outage.
    const create = (): Promise<Node> => Node.start(redis, { keys }, clock, { clock, timeoutMs: 10_000 });
    const [first, second] = [await create(), await create()];
    const pass = async (ms: number): Promise<void> => {
      await idle(first.link.link, second.link.link);
      time.pass(ms);
    };
    const close = (): void => [first, second].forEach((node) => node.stop());
    const now = (): number => clock.monotonic();
    return { nodes: [first.storage, second.storage], pass, now, toleranceMs: 150, close };
  };

  runContract('exact ones', throttlerStorageContract(subject, { runs: 1 }));
  runContract('budgets lent to nodes', leasedThrottlerStorageContract(subject, { runs: 1 }));
});

describeWithRedis('limits over all nodes', () => {
  const later = endings();
  let redis: RedisServer;
  let nodes: Node[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterEach(async () => {
    for (const node of nodes) node.stop();
    nodes = [];
    redis.thaw();
    await redis.command('FLUSHALL');
  });

  afterAll(() => redis?.stop());

  const start = async (options?: Partial<RedisThrottlerOptions>, clock?: Clock): Promise<Node> => {
    const node = await Node.start(redis, options, clock);
    nodes.push(node);
    return node;
  };

  const callsOf = async (command = 'evalsha'): Promise<number> => {
    const stats = String(await redis.command('INFO', 'commandstats'));
    return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  };

  it('R2 a flood of refused hits costs no call', async () => {
    for (const declared of [LEASED, EXACT]) {
      const node = await start();
      expect(await node.accepted(declared.limit + 10, 'key', declared)).toBe(declared.limit);
      const before = await callsOf();
      expect(await node.accepted(10_000, 'key', declared)).toBe(0);
      expect((await callsOf()) - before).toBe(0);
    }
  });

  it('R2 a hit is decided at once while budget is lent to the node, or it is known to be refused', async () => {
    const node = await start();
    expect((await node.hit('key', LEASED)).isBlocked).toBe(false);
    const { ttl, limit } = LEASED;
    const verdict = node.storage.hit('key', ttl, limit, 0, 'default', 1, LEASED);
    expect(verdict).toMatchObject({ isBlocked: false });
    await node.accepted(limit, 'key', LEASED);
    expect(node.storage.hit('key', ttl, limit, 0, 'default', 1, LEASED)).toMatchObject({ isBlocked: true });
  });

  it('R2 what was lent to a node that leaves is there for the others', async () => {
    const [leaving, other] = [await start(), await start()];
    await leaving.accepted(1, 'key', LEASED);
    await leaving.storage.leave();
    expect(await other.accepted(100, 'key', LEASED)).toBe(99);
  });

  it('R2 R11 a node that was lent much and leaves a slow Redis does not take long', async () => {
    const relay = await TcpRelay.start(redis.port);
    later(() => relay.stop());
    const leaving = await Node.start({ url: `redis://127.0.0.1:${relay.port}` });
    later(() => leaving.stop());
    const declared = { ...LEASED, ttl: 60_000 };
    await Promise.all(Array.from({ length: 1280 }, (_, i) => leaving.accepted(1, `key ${i}`, declared)));
    relay.delayMs = 50;
    const startedAt = performance.now();
    await leaving.storage.leave();
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('R2 what was lent to a node that was killed is not there for the others until it has left the window', async () => {
    const killed = await start();
    await killed.accepted(1, 'key', LEASED);
    killed.stop();
    const accepted = await (await start()).accepted(100, 'key', LEASED);
    expect(accepted).toBeLessThan(99);
    expect(accepted).toBeGreaterThanOrEqual(90);
  });

  it.each([LEASED, EXACT])(
    'R2 during an outage this node counts alone, and starts empty each time: %j',
    async (declared) => {
      const node = await start({ outage: 'local' });
      await node.accepted(declared.limit, 'key', declared);
      for (let outage = 1; outage <= 2; outage++) {
        redis.freeze();
        // The first of them find out.
        expect(await node.accepted(200, `frozen-${outage}`, declared)).toBe(declared.limit);
        expect(await node.accepted(50, `frozen-${outage}`, declared)).toBe(0);
        for (let i = 0; i < 3; i++) await node.accepted(1, `more-${outage}-${i}`, declared);
        expect(await node.accepted(200, 'frozen', declared)).toBe(declared.limit);
        redis.thaw();
        await node.link.up();
      }
    },
  );

  it.each([LEASED, EXACT])(
    'R2 under `deny` hits fail while Redis is away, under `allow` they pass: %j',
    async (declared) => {
      const [denies, allows] = [await start({ outage: 'deny' }), await start({ outage: 'allow' })];
      redis.freeze();
      await expect(denies.hit('key', declared)).rejects.toThrow('Redis is not available');
      expect(await allows.accepted(200, 'key', declared)).toBe(200);
    },
  );

  it('R2 a call that is executed late changes nothing', async () => {
    const [node, other] = [await start(), await start()];
    redis.freeze();
    await expect(node.hit('late', LEASED)).rejects.toThrow('Redis is not available');
    await expect(node.hit('late', EXACT)).rejects.toThrow('Redis is not available');
    // A node knows the time of Redis only as exactly as calls are fast.
    await new Promise((resolve) => setTimeout(resolve, 200));
    redis.thaw();
    await other.link.up();
    expect(await other.accepted(100, 'late', LEASED)).toBe(100);
    expect(await other.accepted(5, 'late', EXACT)).toBe(5);
  });

  it('R2 a node that was suspended uses nothing that it was lent before', async () => {
    const clock = new SettableClock();
    const node = await start({}, clock);
    await node.accepted(1, 'key', LEASED);
    const before = await callsOf();
    clock.ahead = 60_000;
    await node.accepted(1, 'key', LEASED);
    expect((await callsOf()) - before).toBe(1);
  });

  it('R2 a principal without a limit is not counted, and one with a limit of 0 is refused', async () => {
    const { storage } = await start();
    const before = await callsOf();
    expect(storage.hit('key', 1000, Infinity, 0, 'default', 1, LEASED)).toMatchObject({ isBlocked: false });
    expect(storage.hit('key', 1000, 0, 0, 'default', 1, LEASED)).toMatchObject({ isBlocked: true });
    expect(await callsOf()).toBe(before);
  });

  it('R11 remembers no more windows than it may, and forgets those that count nothing', async () => {
    const node = await start({ mostWindows: 50 });
    for (let i = 0; i < 120; i++) await node.accepted(1, `key-${i}`, i % 2 ? LEASED : EXACT);
    expect(node.storage.size).toBeLessThanOrEqual(100);
    expect(await node.accepted(100, 'key-1', LEASED)).toBeLessThanOrEqual(99);
  });

  it('R12 every key expires, and shows no name', async () => {
    const node = await start();
    for (const declared of [LEASED, EXACT]) await node.accepted(declared.limit + 1, 'somebody', declared);
    const blocking = { ...EXACT, blockDuration: 5000 };
    await node.accepted(6, 'other', blocking);
    const keys = (await redis.command('KEYS', '*')) as string[];
    expect(keys).toHaveLength(4);
    for (const key of keys) {
      expect(key).toMatch(/^wss:1:\{c\}:[wx]:default:10000:[\w-]{22}(:b)?$/);
      expect(Number(await redis.command('PTTL', key))).toBeGreaterThan(0);
    }
  });
});
