import {
  RedisConnectionDirectory,
  type RedisDirectoryOptions,
} from '../../src/redis/caps/redis-connection-directory.js';
import { RedisKeys } from '../../src/redis/keys.js';
import { connectionDirectoryContract } from '../../src/testing/contracts/connection-directory.contract.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { TestLink } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';

const NODE_TTL_MS = 2000;
const KEYS = new RedisKeys('wss:');

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A node with its own link, which beats as long as the test wants. */
class Node {
  private beats = true;

  private constructor(
    private readonly redis: RedisServer,
    readonly link: TestLink,
    readonly directory: RedisConnectionDirectory,
  ) {}

  static async start(redis: RedisServer, options: Partial<RedisDirectoryOptions> = {}): Promise<Node> {
    const link = await TestLink.start(redis.url);
    await link.up();
    const all = { keys: KEYS, outage: 'deny', nodeTtlMs: NODE_TTL_MS, ...options } as const;
    const node = new Node(redis, link, new RedisConnectionDirectory(link.link, link.clock, all));
    await node.beat();
    return node;
  }

  async beat(): Promise<void> {
    if (!this.beats) return;
    await this.redis.command(
      'HSET',
      KEYS.nodes(this.link.control),
      this.link.link.node,
      `${Date.now()}:rules`,
    );
  }

  async taken(times: number, scope: string, limit: number): Promise<number> {
    const places = await Promise.all(
      Array.from({ length: times }, async () => this.directory.acquire(scope, limit)),
    );
    return places.filter(Boolean).length;
  }

  stop(): void {
    this.beats = false;
    this.directory.onApplicationShutdown();
    this.link.stop();
  }
}

describeWithRedis('caps over all nodes', () => {
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

  const start = async (options?: Partial<RedisDirectoryOptions>): Promise<Node> => {
    const node = await Node.start(redis, options);
    nodes.push(node);
    return node;
  };

  const settle = (): Promise<void> => sleep(50);

  runContract(
    'RedisConnectionDirectory',
    connectionDirectoryContract(async (): Promise<ContractSubject<RedisConnectionDirectory>> => {
      const [first, second] = [await start(), await start()];
      return { nodes: [first.directory, second.directory], pass: sleep, toleranceMs: 50, settle };
    }),
  );

  it.each([10, 100, 999])(
    'R4 exactly %d of 1,000 simultaneous connections on two nodes get a place',
    async (limit) => {
      const [first, second] = [await start(), await start()];
      const taken = await Promise.all([first.taken(500, 'a', limit), second.taken(500, 'a', limit)]);
      expect(taken[0] + taken[1]).toBe(limit);
      expect(await first.directory.count('a')).toBe(limit);
    },
  );

  it('R4 the places of a node that died are free when it has been silent for long enough', async () => {
    const [dying, other] = [await start(), await start()];
    expect(await dying.taken(3, 'a', 3)).toBe(3);
    dying.stop();
    expect(await other.taken(1, 'a', 3)).toBe(0);
    await sleep(NODE_TTL_MS + 100);
    await other.beat();
    expect(await other.taken(4, 'a', 3)).toBe(3);
  });

  it('R4 a node that is not known to live takes no places', async () => {
    const node = await start();
    await redis.command('DEL', KEYS.nodes(node.link.control));
    await expect(node.taken(1, 'a', 3)).rejects.toThrow('Redis is not available');
    await node.beat();
    expect(await node.taken(4, 'a', 3)).toBe(3);
  });

  it('R4 a node tells its places again when Redis has lost its memory', async () => {
    const [first, second] = [await start(), await start()];
    await first.taken(2, 'a', 3);
    await redis.command('FLUSHALL');
    first.directory.pause(first.link.control);
    const waiting = first.taken(1, 'a', 3);
    await first.directory.assertAll(first.link.control);
    await Promise.all([first.beat(), second.beat()]);
    expect(await second.taken(2, 'a', 3)).toBe(1);
    first.directory.resume(first.link.control);
    expect(await waiting).toBe(0);
  });

  it('R4 while a node tells its places again a bounded number waits', async () => {
    const node = await start();
    node.directory.pause(node.link.control);
    const waiting = Array.from({ length: 513 }, async () => node.directory.acquire('a', 1000));
    await expect(waiting[512]).rejects.toThrow('Redis is not available');
    node.directory.resume(node.link.control);
    expect((await Promise.all(waiting.slice(0, 512))).every(Boolean)).toBe(true);
  });

  it.each([
    ['local', true, 0],
    ['allow', true, 0],
    ['deny', false, 1],
  ] as const)(
    'R4 under `%s` the policy decides from the first call without an answer, and no place is lost',
    async (outage, isTaken, left) => {
      const [node, other] = [await start({ outage }), await start()];
      redis.freeze();
      const answer = await Promise.resolve(node.directory.acquire('a', 1)).catch(() => false);
      expect(answer).toBe(isTaken);
      // Not yet given up: it was the first.
      expect(node.link.link.isUp(node.link.control)).toBe(true);
      redis.thaw();
      await Promise.all([node.link.up(), other.link.up()]);
      await Promise.all([node.beat(), other.beat()]);
      await sleep(1200);
      expect(await other.taken(2, 'a', 1)).toBe(left);
    },
  );

  it.each([
    ['local', 3],
    ['allow', 5],
  ] as const)(
    'R4 under `%s` %d of 5 find a place while Redis is away, and Redis is told later',
    async (outage, most) => {
      const over: unknown[] = [];
      const node = await start({ outage, onOverCap: (...what) => over.push(what) });
      const other = await start();
      await node.taken(1, 'a', 3);
      await down(node);
      expect(await node.taken(4, 'a', 3)).toBe(most - 1);
      expect(await node.directory.count('a')).toBe(most);
      redis.thaw();
      await Promise.all([node.link.up(), other.link.up()]);
      await Promise.all([node.beat(), other.beat()]);
      await settle();
      expect(await other.directory.count('a')).toBe(most);
      expect(over).toEqual(most > 3 ? [['a', most, 3]] : []);
    },
  );

  it('R4 under `deny` nobody finds a place while Redis is away', async () => {
    const node = await start({ outage: 'deny' });
    await down(node);
    await expect(node.taken(1, 'a', 3)).rejects.toThrow('Redis is not available');
    await expect(node.directory.count('a')).rejects.toThrow('Redis is not available');
  });

  /** Freezes Redis until the node calls it no more. */
  async function down(node: Node): Promise<void> {
    redis.freeze();
    while (node.link.link.isUp(node.link.control))
      await Promise.allSettled([node.directory.acquire('other', 100)]);
  }

  it('R11 forgets scopes without connections, in Redis too', async () => {
    const node = await start();
    await node.taken(2, 'a', 2);
    for (let i = 0; i < 2; i++) node.directory.release('a');
    await settle();
    expect(node.directory.size).toBe(0);
    const [key] = (await redis.command('KEYS', '*:p:*')) as string[];
    expect(key).toMatch(/^wss:1:\{c\}:p:[\w-]{22}$/);
    expect(Number(await redis.command('PTTL', key as string))).toBeLessThanOrEqual(5000);
  });
});
