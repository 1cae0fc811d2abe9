import { ProviderUnavailableError } from '../../src/errors/provider-unavailable.error.js';
import { KeptWrites } from '../../src/redis/tables/kept-writes.js';
import { atOnce } from '../support/at-once.js';
import { PREFIX } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { cutOff, SharedNode, SharedNodes } from '../support/shared-nodes.js';

const ALICE = 'user:alice';
const BOB = 'user:bob';
const HOUR_MS = 3_600_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const keyOf = (name: string): string => `${PREFIX}{c}:${name}`;

/** A Redis of its own, and nodes. */
interface World {
  readonly redis: RedisServer;
  readonly group: SharedNodes;
}

describeWithRedis('tables through outages', () => {
  const together = atOnce(4);
  const alone = atOnce(1);

  const test = (name: string, body: (world: World) => Promise<void>, begin = together): void =>
    begin(name, async (later) => {
      const redis = await RedisServer.start();
      later(() => redis.stop());
      const group = new SharedNodes(redis);
      later(async () => expect(await group.stop()).toEqual([]));
      await body({ redis, group });
    });

  test('S2 what was revoked stays so when Redis loses its memory, and what was lifted stays lifted', async ({
    redis,
    group,
  }) => {
    const [one, other] = await group.startTwo();
    await one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    await one.revocations.revoke(BOB, 1000, Date.now() + HOUR_MS);
    await one.bans.ban(ALICE, HOUR_MS);
    await other.revocations.lift(BOB);
    await other.bans.lift(ALICE);
    await group.settled();
    const lifted: string[] = [];
    for (const node of group.nodes)
      node.revocations.watch(
        () => undefined,
        (key) => lifted.push(key),
      );
    await redis.restart();
    // As if another node had written since.
    await redis.command('HSET', keyOf('revoked'), '#', Date.now() + 1000);
    await Promise.all(group.nodes.map((node) => node.until(() => node.losses > 0)));
    const third = await group.start();
    await third.until(() => third.tables.table('revoked').size === 2);
    await third.until(() => third.tables.table('banned').size === 1);
    await Promise.all(group.nodes.map((node) => node.current()));
    for (const node of group.nodes) {
      expect(node.revocations.revokedBefore([ALICE])).toBe(1000);
      expect(node.revocations.revokedBefore([BOB])).toBeUndefined();
      expect(node.bans.remaining(ALICE)).toBe(0);
      expect(node.bans.list()).toEqual([]);
    }
    expect(lifted).toEqual([]);
  });

  test('S2 does not answer about revocations while Redis is frozen, and writes new ones when it is back', async ({
    redis,
    group,
  }) => {
    const [one, other] = await group.startTwo();
    await one.bans.ban(BOB, 60_000);
    await group.settled();
    redis.freeze();
    expect(one.revocations.revokedBefore([ALICE])).toBeUndefined();
    const revoked = one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    const banned = one.bans.ban(ALICE, 60_000);
    expect(one.revocations.revokedBefore([ALICE])).toBe(1000);
    await expect(revoked).rejects.toMatchObject({ name: 'RedisUnavailableError' });
    await expect(banned).rejects.toMatchObject({ name: 'RedisUnavailableError' });
    await one.until(() => !one.membership.isCurrent());
    expect(() => one.revocations.revokedBefore([ALICE])).toThrow(ProviderUnavailableError);
    expect(one.bans.remaining(BOB)).toBeGreaterThan(50_000);
    expect(one.bans.remaining(ALICE)).toBeGreaterThan(50_000);
    redis.thaw();
    await other.until(() => other.tables.table('revoked').size === 1);
    await other.until(() => other.bans.remaining(ALICE) > 50_000);
    await Promise.all(group.nodes.map((node) => node.current()));
    for (const node of group.nodes) expect(node.revocations.revokedBefore([ALICE])).toBe(1000);
  });

  test('S2 a node that was cut off learns what it missed, also when the stream is gone', async ({
    redis,
    group,
  }) => {
    const [one, other, relay] = await group.startTwo();
    const heard: string[] = [];
    other.revocations.watch(
      (key) => heard.push(key),
      () => undefined,
    );
    cutOff(relay);
    await one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    await redis.command('XTRIM', keyOf('control'), 'MAXLEN', 0);
    relay.isRefusing = false;
    await other.until(() => heard.length > 0);
    expect(heard).toEqual([ALICE]);
  });

  test('S2 loads tables again when messages are lost, and trusts none before it is loaded', async ({
    redis,
    group,
  }) => {
    const [one, other] = [await group.start(), await SharedNode.placed(redis.url)];
    group.nodes.push(other);
    await one.revocations.revoke(BOB, 1000, Date.now() + HOUR_MS);
    const version = await redis.command('HGET', keyOf('revoked'), '#');
    await redis.command('HSET', keyOf('revoked'), ALICE, `${String(version)} 0 ${Date.now() + HOUR_MS} 1000`);
    await other.until(() => other.membership.isCurrent());
    await pause(1200);
    expect(() => other.revocations.revokedBefore([ALICE])).toThrow(ProviderUnavailableError);
    await other.tables.load();
    expect(other.revocations.revokedBefore([ALICE])).toBe(1000);
    expect(one.revocations.revokedBefore([ALICE])).toBeUndefined();
    await other.streams.control.append('gap', 'control');
    await one.until(() => one.tables.table('revoked').size === 2);
    await one.current();
    expect(one.revocations.revokedBefore([ALICE])).toBe(1000);
  });

  test('S2 a node that starts while Redis is away does not answer about revocations until it knows all', async ({
    group,
  }) => {
    const [one] = await group.startTwo();
    await one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    const relay = await group.relay();
    relay.isRefusing = true;
    const late = await SharedNode.startAlone(`redis://127.0.0.1:${relay.port}`);
    group.nodes.push(late);
    expect(() => late.revocations.revokedBefore([ALICE])).toThrow(ProviderUnavailableError);
    await expect(late.revocations.revoke(BOB, 1000)).rejects.toMatchObject({ outcome: 'not-run' });
    relay.isRefusing = false;
    await late.current();
    expect(late.revocations.revokedBefore([ALICE])).toBe(1000);
    await one.until(() => one.revocations.revokedBefore([BOB]) === 1000);
  });

  test('R11 keeps no more of what was written during an outage than what has not ended, and all of that', async ({
    group,
  }) => {
    const [one, other, relay] = await group.startTwo();
    cutOff(relay);
    await other.until(() => !other.membership.isCurrent());
    let end = 1;
    const kept = new KeptWrites<number>(
      other.tables,
      'banned',
      (key, until) => (until >= end ? [key, '', '', '60000', ''] : undefined),
      Math.max,
    );
    const write = (key: string, until: number): Promise<void> => kept.add(key, until).catch(() => undefined);
    await Promise.all(Array.from({ length: 3000 }, (_, i) => write(`lasting:${i}`, Infinity)));
    for (; end < 20; end++)
      await Promise.all(Array.from({ length: 1000 }, (_, i) => write(`${end}:${i}`, end)));
    expect(kept.size).toBeLessThan(2 * 4000 + 1);
    relay.isRefusing = false;
    await one.until(() => one.tables.table('banned').size >= 3000);
    expect(one.bans.remaining('lasting:0')).toBeGreaterThan(0);
    await other.until(() => kept.size === 0);
    expect(one.tables.table('banned').size).toBe(3000);
  });

  // The last one, so that the others do not take its time.
  test(
    'S2 learns of a change within two seconds when its message is lost',
    async ({ redis, group }) => {
      const node = await group.start();
      await node.revocations.revoke(BOB, 1, Date.now() + HOUR_MS);
      const version = Number(await redis.command('HGET', keyOf('revoked'), '#'));
      await redis.command(
        'HSET',
        keyOf('revoked'),
        '#',
        version + 1,
        ALICE,
        `${version + 1} 0 ${Date.now() + HOUR_MS} 1000`,
      );
      const startedAt = performance.now();
      await node.until(() => node.revocations.revokedBefore([ALICE]) === 1000);
      expect(performance.now() - startedAt).toBeLessThan(2000);
    },
    alone,
  );
});
