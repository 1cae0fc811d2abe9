import type { Partition } from '../../src/redis/link/redis-port.js';
import type { BeatReply } from '../../src/redis/nodes/beat-reply.js';
import { Membership } from '../../src/redis/nodes/membership.js';
import { SystemClock } from '../../src/time/clock.js';
import { atOnce } from '../support/at-once.js';
import { PREFIX, TestLink } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const NODE_TTL_MS = 10_000;
/** Where a test waits for it. */
const SHORT_TTL_MS = 1500;
const NODES = `${PREFIX}{c}:nodes`;

/** A clock whose ticks can be held back. */
class HeldClock extends SystemClock {
  isHeld = false;

  override every(ms: number, tick: () => void): () => void {
    return super.every(ms, () => this.isHeld || tick());
  }
}

interface NodeOptions {
  rules?: string;
  nodeTtlMs?: number;
}

class Node {
  readonly told: string[] = [];
  readonly replies: BeatReply[] = [];
  readonly clock = new HeldClock();
  readonly membership: Membership;
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly test: TestLink,
    { rules = 'rules', nodeTtlMs = NODE_TTL_MS }: NodeOptions,
  ) {
    const settings = { prefix: PREFIX, rules, nodeTtlMs, staleMs: 2000, deadlineMs: 1000 };
    this.membership = new Membership(test.link, settings, this.clock, test.wheel);
    this.membership.onEvent(({ type }) => this.tell(type));
    this.membership.onFound((_, finding) => this.tell(`found ${finding}`));
    this.membership.onAssert(() => this.tell('asserts'));
    this.membership.onFault((error) => this.tell(String(error)));
    this.membership.onBeat((_, reply) => {
      this.replies.push(reply);
      this.tell(`beat ${reply.outcome}`);
    });
  }

  static async made(url: string, options: NodeOptions = {}): Promise<Node> {
    return new Node(await TestLink.start(url), options);
  }

  static async start(url: string, options: NodeOptions): Promise<Node> {
    const node = await Node.made(url, options);
    await node.test.up();
    await node.membership.start();
    return node;
  }

  get id(): string {
    return this.test.link.node;
  }

  get partition(): Partition {
    return this.test.link.control;
  }

  get others(): readonly string[] {
    return this.membership
      .liveNodes()
      .map(({ id }) => id)
      .filter((id) => id !== this.id);
  }

  /** Resolves when the condition holds; asked after all that is told. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  async stop(): Promise<void> {
    await this.membership.stop();
    this.test.stop();
  }

  private tell(what: string): void {
    this.told.push(what);
    for (const check of this.waiting) check();
  }
}

/** A Redis of its own, and nodes. */
interface World {
  readonly redis: RedisServer;
  readonly nodes: Node[];
  readonly start: (options?: NodeOptions) => Promise<Node>;
}

describeWithRedis('membership', () => {
  const test = atOnce(5);

  const inWorld = (name: string, body: (world: World) => Promise<void>): void =>
    test(name, async (later) => {
      const redis = await RedisServer.start();
      later(() => redis.stop());
      const nodes: Node[] = [];
      later(() => Promise.all(nodes.map((node) => node.stop())));
      const start = async (options: NodeOptions = {}): Promise<Node> => {
        const node = await Node.start(redis.url, options);
        nodes.push(node);
        return node;
      };
      await body({ redis, nodes, start });
    });

  inWorld('shows nodes each other, and none that left', async ({ redis, start }) => {
    const [first, second] = [await start(), await start()];
    await first.until(() => first.others.includes(second.id));
    expect(second.others).toEqual([first.id]);
    await second.membership.stop();
    await first.until(() => first.others.length === 0);
    expect(await redis.command('PTTL', NODES)).toBeGreaterThan(590_000);
  });

  inWorld(
    'learns where tables and streams stand, and drops what has outlived itself',
    async ({ redis, start }) => {
      const key = (name: string): string => `${PREFIX}{c}:${name}`;
      await redis.command('HSET', key('banned'), '#', 7, 'gone', 'x', 'there', 'y');
      await redis.command(
        'ZADD',
        key('banned:until'),
        Date.now() - 1000,
        'gone',
        Date.now() + 60_000,
        'there',
      );
      const id = await redis.command('XADD', key('control'), '*', 'g', 5);
      await redis.command('HSET', key('sent'), 'control:g', 5, 'control:n:ghost', 3, 'bus:n:ghost', 4);
      await redis.command('HSET', NODES, 'ghost', `${Date.now() - 11 * NODE_TTL_MS}:rules`);
      const node = await start();
      expect(node.replies[0]?.state).toEqual({
        tables: { revoked: 0, banned: 7, rights: 0 },
        control: { lastId: id, g: 5, n: 0 },
        bus: { lastId: '', g: 0, n: 0 },
      });
      expect(await redis.command('HKEYS', key('banned'))).toEqual(['#', 'there']);
      expect(await redis.command('ZCARD', key('banned:until'))).toBe(1);
      expect(await redis.command('HKEYS', key('sent'))).toEqual(['control:g']);
      expect(await redis.command('HKEYS', NODES)).toEqual([node.id]);
    },
  );

  inWorld(
    'R4 after Redis lost its memory a node asserts before it beats, and takers wait for all of them',
    async ({ redis, start }) => {
      const [first, second] = [await start(), await start()];
      await first.until(() => first.others.length === 1);
      first.told.length = 0;
      second.clock.isHeld = true;
      expect(first.membership.whenAsserted(first.partition)).toBeUndefined();
      await redis.command('FLUSHALL');
      await first.until(() => first.told.includes('asserts') && first.told.at(-1) === 'beat ok');
      const own = first.told.slice(first.told.indexOf('found lost'));
      expect(own).toEqual(['found lost', 'cluster.memory-lost', 'beat lost', 'asserts', 'beat ok']);
      let passed = false;
      const waiting = first.membership.whenAsserted(first.partition)?.then(() => (passed = true));
      expect(waiting).toBeInstanceOf(Promise);
      const beats = first.told.length;
      await first.until(() => first.told.length > beats);
      expect(passed).toBe(false);
      second.clock.isHeld = false;
      await waiting;
      expect(second.told).toContain('asserts');
    },
  );

  inWorld('waits for a node that is gone no longer than the node TTL', async ({ redis, start }) => {
    const ttl = { nodeTtlMs: SHORT_TTL_MS };
    const [first, second] = [await start(ttl), await start(ttl)];
    await first.until(() => first.others.length === 1);
    second.clock.isHeld = true;
    await redis.command('FLUSHALL');
    await first.until(() => first.told.includes('found lost'));
    await first.membership.whenAsserted(first.partition);
    expect(first.others).toEqual([]);
  });

  inWorld(
    'R4 waits for the others also after an outage that was longer than the node TTL',
    async ({ redis, start, nodes }) => {
      const relay = await TcpRelay.start(redis.port);
      const ttl = { nodeTtlMs: SHORT_TTL_MS };
      const [first, second] = [await start(ttl), await Node.start(`redis://127.0.0.1:${relay.port}`, ttl)];
      nodes.push(second);
      await first.until(() => first.others.length === 1);
      relay.isRefusing = true;
      redis.freeze();
      await new Promise((resolve) => setTimeout(resolve, SHORT_TTL_MS + 200));
      relay.cut();
      first.told.length = 0;
      redis.thaw();
      await first.until(() => first.told.includes('asserts') && first.told.at(-1) === 'beat ok');
      // The second one has not said its places yet, and they count for nothing in Redis.
      const waiting = first.membership.whenAsserted(first.partition);
      expect([waiting, first.others]).toEqual([expect.any(Promise), []]);
      relay.isRefusing = false;
      await waiting;
      await relay.stop();
    },
  );

  inWorld('takes a restart for a failover, and for lost memory', async ({ redis, start }) => {
    const node = await start();
    node.told.length = 0;
    await redis.restart();
    await node.until(() => node.told.includes('asserts') && node.told.at(-1) === 'beat ok');
    expect(node.told.filter((what) => !what.startsWith('beat'))).toEqual([
      'found failover',
      'found lost',
      'cluster.memory-lost',
      'asserts',
    ]);
  });

  inWorld('asserts again when it was silent for longer than the node TTL', async ({ start }) => {
    const ttl = { nodeTtlMs: SHORT_TTL_MS };
    const [first, second] = [await start(ttl), await start(ttl)];
    await first.until(() => first.others.length === 1);
    second.clock.isHeld = true;
    second.told.length = 0;
    await first.until(() => first.others.length === 0);
    second.clock.isHeld = false;
    await second.until(() => second.told.includes('asserts') && second.told.at(-1) === 'beat ok');
    expect(second.told.slice(second.told.indexOf('found away'))).toEqual([
      'found away',
      'cluster.returned',
      'beat away',
      'asserts',
      'beat ok',
    ]);
  });

  inWorld('refuses to start beside nodes with other rules, and changes nothing', async ({ redis, start }) => {
    await start();
    const stranger = await Node.made(redis.url, { rules: 'WS_REDIS_LIMITS=exact scripts=rules' });
    await stranger.test.up();
    await expect(stranger.membership.start()).rejects.toMatchObject({
      name: 'WsConfigurationError',
      message: expect.stringContaining('WS_REDIS_LIMITS'),
    });
    expect(await redis.command('HLEN', NODES)).toBe(1);
    stranger.test.stop();
  });

  inWorld(
    'is not ready when it finds other rules only after its start, until those nodes are gone',
    async ({ redis, start, nodes }) => {
      const first = await start();
      const relay = await TcpRelay.start(redis.port);
      relay.isRefusing = true;
      const stranger = await Node.made(`redis://127.0.0.1:${relay.port}`, { rules: 'others' });
      nodes.push(stranger);
      await stranger.membership.start();
      expect(stranger.membership.isReady).toBe(true);
      relay.isRefusing = false;
      await stranger.until(() => stranger.told.includes('cluster.version'));
      expect(stranger.membership.isReady).toBe(false);
      await first.stop();
      await stranger.until(() => stranger.told.includes('beat ok'));
      expect(stranger.membership.isReady).toBe(true);
      await relay.stop();
    },
  );

  inWorld('is current only while beats and reads are answered', async ({ redis, start }) => {
    const node = await start();
    expect(node.membership.isCurrent()).toBe(false);
    node.membership.heardControl(performance.now());
    expect(node.membership.isCurrent()).toBe(true);
    redis.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2100));
    node.membership.heardControl(performance.now());
    expect(node.membership.isCurrent()).toBe(false);
    redis.thaw();
    node.told.length = 0;
    await node.until(() => node.told.includes('beat ok'));
    node.membership.heardControl(performance.now());
    expect(node.membership.isCurrent()).toBe(true);
  });
});
