import { OverloadedException } from '../../src/errors/ws-exceptions.js';
import { atOnce } from '../support/at-once.js';
import { PREFIX } from '../support/redis-link.js';
import { RedisNode, type RedisNodeOptions, settled, until } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const BUS = `${PREFIX}{c}:bus`;
const CONTROL = `${PREFIX}{c}:control`;
const SENT = `${PREFIX}{c}:sent`;

const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => String(from + n));

const urlOf = ({ port }: TcpRelay): string => `redis://127.0.0.1:${port}`;

/** A Redis, and nodes and ways to it, of a test alone. */
class World {
  readonly nodes: RedisNode[] = [];
  private readonly relays: TcpRelay[] = [];

  private constructor(readonly redis: RedisServer) {}

  static async begin(): Promise<World> {
    return new World(await RedisServer.start());
  }

  readonly start = async (options: RedisNodeOptions = {}, url = this.redis.url): Promise<RedisNode> => {
    const node = await RedisNode.start(url, options);
    this.nodes.push(node);
    await node.listen();
    return node;
  };

  readonly relay = async (): Promise<TcpRelay> => {
    const made = await TcpRelay.start(this.redis.port);
    this.relays.push(made);
    return made;
  };

  readonly stored = async (): Promise<number> => Number(await this.redis.command('XLEN', BUS));

  /** @returns mistakes that nodes told of, and keys without an end */
  async end(): Promise<unknown[]> {
    const { redis, nodes, relays } = this;
    redis.thaw();
    for (const node of nodes) node.stop();
    await Promise.all(relays.map((one) => one.stop()));
    const names = (await redis.command('KEYS', '*')) as string[];
    const endless: string[] = [];
    for (const name of names) if ((await redis.command('PTTL', name)) === -1) endless.push(name);
    await redis.stop();
    return [...nodes.flatMap(({ faults }) => faults), ...endless];
  }
}

describeWithRedis('pushes over Redis', () => {
  const together = atOnce(4);
  const alone = atOnce(1);

  const test = (name: string, body: (world: World) => Promise<void>, begin = together): void =>
    begin(name, async (later) => {
      const world = await World.begin();
      later(async () => expect(await world.end()).toEqual([]));
      await body(world);
    });

  // Those that wait longest begin first.

  test('starts without Redis, and tells a gap when it reads at last', async ({
    redis,
    nodes,
    start,
    relay,
  }) => {
    const cuts = await relay();
    cuts.isRefusing = true;
    const node = await RedisNode.made(urlOf(cuts));
    nodes.push(node);
    node.link.start();
    await node.listen();
    expect([node.gaps, node.streams.isReady]).toEqual([0, false]);
    await node.membership.start();
    cuts.isRefusing = false;
    await until(() => node.gaps === 1);
    const other = await start();
    await other.push('1');
    await settled(redis, nodes);
    expect([node.texts, node.streams.isReady]).toEqual([['1'], true]);
    await until(() => node.membership.isCurrent());
  });

  test('a publisher whose buffer is full while Redis is up, or whose room takes too much of it, is refused', async ({
    redis,
    nodes,
    start,
    relay,
  }) => {
    const cuts = await relay();
    const node = await start({ timeoutMs: 1000 }, urlOf(cuts));
    cuts.delayMs = 300;
    const big = `"${'x'.repeat(100_000)}"`;
    const room = (json: string): Promise<void> =>
      node.bus.publish({ audience: { to: 'room', room: 'r' }, event: 'e', json });
    const ofRoom = await Promise.allSettled([
      ...numbers(2).map(() => room(big)),
      expect(room(big)).rejects.toBeInstanceOf(OverloadedException),
      ...numbers(8).map(() => node.push(big)),
      expect(node.push(big)).rejects.toBeInstanceOf(OverloadedException),
      expect(node.push(`"${'x'.repeat(600_000)}"`)).rejects.toBeInstanceOf(RangeError),
    ]).then((all) => all.filter(({ status }) => status === 'fulfilled').length);
    // Some wait for longer than five seconds where a batch takes 0.6 s.
    expect(ofRoom).toBeGreaterThan(6);
    cuts.delayMs = 0;
    await room(big);
    await settled(redis, nodes);
    expect(node.heard.length).toBeGreaterThan(3);
  });

  test('three nodes that publish at the same time hear one order, and that of each sender', async ({
    redis,
    start,
    stored,
  }) => {
    const all = await Promise.all([start(), start(), start()]);
    await Promise.all(
      all.flatMap((node, index) => numbers(300, 1000 * index).map((text) => node.push(text))),
    );
    await settled(redis, all);
    const [one, two, three] = all;
    expect(one.heard).toHaveLength(900);
    expect(two.heard).toEqual(one.heard);
    expect(three.heard).toEqual(one.heard);
    for (const [index] of all.entries())
      expect(one.texts.filter((text) => Math.floor(Number(text) / 1000) === index)).toEqual(
        numbers(300, 1000 * index),
      );
    // What comes while a batch is under way goes with the next one.
    expect(await stored()).toBeLessThan(90);
    expect(all.map(({ gaps }) => gaps)).toEqual([0, 0, 0]);
  });

  test('loses and doubles nothing when the line of a reader is cut again and again', async ({
    redis,
    nodes,
    start,
    relay,
  }) => {
    const cuts = await relay();
    const sender = await start();
    const reader = await start({ readUrl: urlOf(cuts) });
    for (let n = 0; n < 60; n++) {
      await sender.push(String(n));
      if (n % 20 !== 10) continue;
      const { accepted } = cuts;
      cuts.cut();
      await sender.push(String(++n));
      await until(() => cuts.accepted > accepted);
    }
    await settled(redis, nodes);
    expect(reader.texts).toEqual(numbers(60));
    expect(sender.heard).toEqual(reader.heard);
    expect(reader.gaps).toBe(0);
    expect(cuts.accepted).toBe(4);
  });

  test('stores a batch once whose answer was lost', async ({ redis, nodes, start, relay }) => {
    const cuts = await relay();
    const reader = await start();
    const sender = await start({ timeoutMs: 100, readUrl: redis.url }, urlOf(cuts));
    const sent: Promise<void>[] = [];
    for (let n = 0; n < 90; n++) {
      sent.push(sender.push(String(n)));
      if (n % 30 === 20) {
        // The script runs, and its answer meets no connection.
        cuts.delayMs = 5;
        await new Promise((resolve) => setTimeout(resolve, 8));
        cuts.cut();
        cuts.delayMs = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(sent);
    await settled(redis, nodes);
    expect(reader.texts).toEqual(numbers(90));
    expect(sender.heard).toEqual(reader.heard);
    expect(sender.told('cluster.down')).toBeGreaterThan(0);
    expect(sender.told('cluster.push-local')).toBe(0);
  });

  test('hands a batch over once that is stored again, as Redis lost it and its answer', async ({
    redis,
    nodes,
    start,
    relay,
    stored,
  }) => {
    const slow = await relay();
    const [reader, other] = await Promise.all([start(), start()]);
    const sender = await start({}, urlOf(slow));
    await sender.push('0');
    await settled(redis, nodes);
    slow.delayMs = 200;
    const sent = sender.push('1');
    await until(() => [reader, other].every(({ heard }) => heard.length === 2));
    await redis.restart();
    slow.delayMs = 0;
    await sent;
    await sender.push('2');
    await settled(redis, nodes);
    expect(await stored()).toBe(2);
    expect(nodes.map(({ texts }) => texts)).toEqual(nodes.map(() => ['0', '1', '2']));
    expect(nodes.every(({ gaps }) => gaps > 0)).toBe(true);
  });

  test('tells a gap after a restart with empty memory, and goes on', async ({ redis, nodes, start }) => {
    const [one, two] = await Promise.all([start(), start()]);
    await Promise.all(numbers(5).map((text) => one.push(text)));
    await settled(redis, nodes);
    await redis.restart();
    await Promise.all([one.push('5'), two.push('6')]);
    await until(() => nodes.every((node) => node.gaps > 0 && node.heard.length === 7));
    expect(two.heard).toEqual(one.heard);
    expect(one.told('cluster.gap')).toBeGreaterThan(0);
    const { gaps } = one;
    for (let n = 0; n < 3; n++) nodes.forEach((node) => node.beat());
    await one.push('7');
    await settled(redis, nodes);
    const last = one.heard.at(-1)?.at as string;
    expect(one.heard.map(({ at }) => at).toSorted()).toEqual(one.heard.map(({ at }) => at));
    expect(await two.bus.between(one.heard[0]?.at as string, last)).toBeUndefined();
    expect(gaps).toBeLessThanOrEqual(3);
  });

  test('tells a gap when entries were trimmed while a reader was away', async ({
    redis,
    nodes,
    start,
    relay,
    stored,
  }) => {
    const cuts = await relay();
    const sender = await start({ streamBytes: 2000 });
    const reader = await start({ readUrl: urlOf(cuts) });
    await sender.push('"first"');
    await settled(redis, nodes);
    cuts.isRefusing = true;
    cuts.cut();
    for (const n of numbers(10)) await sender.push(`"${n.repeat(500)}"`);
    // What is kept is the last of it: at most so many bytes after the first entry.
    expect(await stored()).toBe(4);
    cuts.isRefusing = false;
    await until(() => reader.heard.length === 5);
    expect([reader.gaps, sender.gaps, sender.heard.length]).toEqual([1, 0, 11]);
    const [first, last] = [reader.heard[0]?.at, reader.heard.at(-1)?.at] as [string, string];
    expect(await reader.bus.between(first, last)).toBeUndefined();
    expect([...((await sender.bus.between(first, last)) ?? [])]).toHaveLength(10);
  });

  test('tells a gap by a beat when nobody publishes after what was lost', async ({
    redis,
    nodes,
    start,
    relay,
  }) => {
    const cuts = await relay();
    const sender = await start();
    const reader = await start({ readUrl: urlOf(cuts) });
    await sender.push('1');
    await settled(redis, nodes);
    cuts.isRefusing = true;
    cuts.cut();
    await sender.push('2');
    await redis.command('XTRIM', BUS, 'MAXLEN', 0);
    cuts.isRefusing = false;
    await until(() => reader.gaps === 1, 5000);
    expect([reader.texts, sender.gaps]).toEqual([['1'], 0]);
    await sender.push('3');
    await settled(redis, nodes);
    expect([reader.texts, reader.gaps]).toEqual([['1', '3'], 1]);
  });

  test('tells all nodes when a failover has lost what a node was told is stored', async ({
    redis,
    nodes,
    start,
  }) => {
    const [one, two] = await Promise.all([start(), start()]);
    for (const n of numbers(3)) await one.push(n);
    await settled(redis, nodes);
    for (let n = 0; n < 2; n++) {
      one.beat();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await redis.command('HSET', SENT, `bus:n:${one.id}`, 2);
    one.beat();
    await until(() => one.gaps === 1 && two.gaps === 1);
    // The next one finds it out at once.
    await redis.command('HSET', SENT, `bus:n:${one.id}`, 0);
    await one.push('3');
    await until(() => one.gaps === 2 && two.gaps === 2);
    expect(two.texts).toEqual(numbers(4));
  });

  test('reads from the start when the clock went back with the memory', async ({ redis, nodes, start }) => {
    const [one, two] = await Promise.all([start(), start()]);
    const ahead = `${Date.now() + 3_600_000}-0`;
    await redis.command(
      'XADD',
      BUS,
      ahead,
      'f',
      'x',
      'n',
      1,
      'g',
      1,
      'b',
      9,
      'k',
      'p',
      'd',
      'null\t"e"\t"x"',
    );
    await settled(redis, nodes);
    nodes.forEach((node) => node.beat());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(two.texts).toEqual(['"x"']);
    await redis.restart();
    await one.push('1');
    await until(() => nodes.every((node) => node.heard.length === 2));
    expect([one.texts[1], two.texts[1], two.gaps > 0]).toEqual(['1', '1', true]);
    // Nothing can be compared with what was before.
    expect([two.bus.position, two.heard[1]?.at]).toEqual(['', '']);
  });

  test('reads from Redis what lies before its own start, unless it is gone', async ({
    redis,
    nodes,
    start,
  }) => {
    const sender = await start();
    const start0 = sender.bus.position;
    for (const n of numbers(40)) await sender.push(n);
    const late = await start();
    for (const n of numbers(5, 40)) await sender.push(n);
    await settled(redis, nodes);
    const positions = [start0, ...sender.heard.map(({ at }) => at)];
    const told = async (from: number, to: number): Promise<string[] | undefined> => {
      const found = await late.bus.between(positions[from] as string, positions[to] as string);
      return found && Array.from(found, ({ json }) => json);
    };
    const answers = await Promise.all([told(0, 45), told(3, 45), told(10, 20), told(42, 44), told(0, 41)]);
    expect(answers).toEqual([numbers(45), numbers(42, 3), numbers(10, 10), numbers(2, 42), numbers(41)]);
    const stats = String(await redis.command('INFO', 'commandstats'));
    expect(stats).toMatch(/cmdstat_xrange:calls=[1-9]/);
    const later = await start();
    await redis.command('XTRIM', BUS, 'MAXLEN', 20);
    const [gone, known] = await Promise.all([
      later.bus.between(positions[3] as string, positions[45] as string),
      later.bus.between(positions[30] as string, positions[45] as string),
    ]);
    expect([gone, [...(known ?? [])].length]).toEqual([undefined, 15]);
  });

  test('a reader that stands still makes its node unready after three beats', async ({
    redis,
    nodes,
    start,
    relay,
  }) => {
    const cuts = await relay();
    const sender = await start();
    const reader = await start({ readUrl: urlOf(cuts) });
    cuts.isRefusing = true;
    cuts.cut();
    for (let n = 0; reader.streams.isReady && n < 10; n++) {
      await sender.push('1');
      reader.beat();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect([sender.streams.isReady, reader.streams.isReady]).toEqual([true, false]);
    expect(await redis.command('XLEN', CONTROL)).toBe(0);
    cuts.isRefusing = false;
    await settled(redis, nodes);
    reader.beat();
    await until(() => reader.streams.isReady);
  });

  for (const [outcome, isReading] of [
    ['is heard of by the stream', true],
    ['was given up is not handed over again', false],
  ] as const)
    test(`a push that is stored and ${outcome}`, async ({ redis, nodes, start, relay }) => {
      const cuts = await relay();
      const node = await start({ timeoutMs: 100, ...(isReading && { readUrl: redis.url }) }, urlOf(cuts));
      const other = await start();
      cuts.delayMs = 100;
      const first = node.push('0');
      // The script has run, and its answer is on its way.
      await settled(redis, [other]);
      await until(() => other.heard.length === 1);
      cuts.isRefusing = true;
      cuts.cut();
      await until(() => !node.isUp);
      if (isReading) await first;
      await Promise.all(numbers(12, 1).map((text) => node.push(`${text}${' '.repeat(100_000)}`)));
      await first;
      expect(node.texts.map(Number)).toEqual(numbers(13).map(Number));
      cuts.delayMs = 0;
      cuts.isRefusing = false;
      await until(() => node.isUp);
      await other.push('13');
      await settled(redis, nodes);
      expect(node.texts.map(Number)).toEqual(numbers(14).map(Number));
      expect(other.texts).toEqual(['0', '13']);
    });

  // The last ones, so that the others do not take their time.
  test(
    'while Redis is frozen it keeps 5 s and 1 MiB, then the policy decides; nothing is stored afterwards',
    async ({ redis, nodes, start, stored }) => {
      const policies = ['local', 'allow', 'deny'] as const;
      const [local, allow, deny] = (await Promise.all(
        policies.map((outage) => start({ outage, timeoutMs: 100 })),
      )) as [RedisNode, RedisNode, RedisNode];
      await Promise.all(nodes.map((node) => node.push('"before"')));
      await settled(redis, nodes);
      const before = await stored();
      redis.freeze();
      const began = performance.now();
      const outcomes = [local, allow, deny].map((node) =>
        Promise.allSettled([
          ...numbers(20).map((text) => node.push(text)),
          node.push(`"${'x'.repeat(1000)}"`),
        ]),
      );
      await until(() => nodes.every((node) => !node.isUp));
      expect(nodes.map(({ heard }) => heard.length)).toEqual([3, 3, 3]);
      const [first, second, third] = await Promise.all(outcomes);
      expect(performance.now() - began).toBeGreaterThan(4800);
      expect(performance.now() - began).toBeLessThan(6000);
      for (const outcome of [...(first ?? []), ...(second ?? [])])
        expect(outcome).toEqual({ status: 'fulfilled', value: undefined });
      for (const outcome of third ?? [])
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(OverloadedException);
      // From now on at once.
      await Promise.all([local.push('"late"'), allow.push('"late"')]);
      await expect(deny.push('"late"')).rejects.toBeInstanceOf(OverloadedException);
      for (const node of [local, allow]) {
        expect(node.texts.slice(3, 23)).toEqual(numbers(20));
        expect(node.texts.slice(24)).toEqual(['"late"']);
        expect(node.told('cluster.push-local')).toBe(1);
      }
      expect([deny.heard.length, deny.told('cluster.push-local')]).toEqual([3, 0]);
      redis.thaw();
      await until(() => nodes.every((node) => node.isUp));
      await Promise.all(nodes.map((node) => node.push('"after"')));
      await settled(redis, nodes);
      expect(await stored()).toBeLessThanOrEqual(before + 3);
      for (const node of nodes) expect(node.texts.slice(-3)).toEqual(['"after"', '"after"', '"after"']);
      expect(nodes.map(({ gaps }) => gaps)).toEqual([0, 0, 0]);
    },
    alone,
  );

  test(
    'a full buffer while Redis is away goes to the members of this node at once, in order and once',
    async ({ redis, nodes, start }) => {
      const node = await start({ timeoutMs: 50 });
      redis.freeze();
      const first = node.push('0');
      await until(() => node.told('cluster.down') > 0);
      const began = performance.now();
      await Promise.all([first, ...numbers(12, 1).map((text) => node.push(`${text}${' '.repeat(100_000)}`))]);
      expect(performance.now() - began).toBeLessThan(1000);
      expect(node.texts.map(Number)).toEqual(numbers(13).map(Number));
      redis.thaw();
      await until(() => node.isUp);
      await node.push('13');
      await settled(redis, nodes);
      expect(node.texts.map(Number)).toEqual(numbers(14).map(Number));
      expect(node.told('cluster.push-local')).toBe(1);
    },
    alone,
  );
});
