import type { Principal } from '../../src/connection/principal.js';
import type { RightsSignal } from '../../src/nodes/cluster-signals.js';
import { joinEntries } from '../../src/redis/tables/join-entries.js';
import { decodeEntry } from '../../src/redis/tables/table-entry.js';
import { PREFIX } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { cutOff, RIGHTS_MS, SharedNodes } from '../support/shared-nodes.js';

const ALICE = 'user:alice';
const BOB = 'user:bob';
const HOUR_MS = 3_600_000;
const RIGHTS: RightsSignal = { type: 'rights', id: 'bob', issuer: null, roles: ['user'], scopes: ['é'] };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const keyOf = (name: string): string => `${PREFIX}{c}:${name}`;

const PRINCIPAL: Principal = {
  id: 'alice',
  issuer: null,
  kind: 'token',
  roles: [],
  scopes: [],
  claims: {},
  expiresAt: null,
  sessionId: null,
};
/** What tables, tickets and signals use. */
const COMMANDS =
  'eval evalsha time get set del pexpire pexpireat hget hmget hset hdel hgetall hscan zadd zrem zrange zrangebyscore xadd xread xrange xrevrange xtrim ping auth hello info'.split(
    ' ',
  );

describeWithRedis('tables that every node holds', () => {
  let redis: RedisServer;
  let group: SharedNodes;

  beforeEach(async () => {
    redis = await RedisServer.start();
    group = new SharedNodes(redis);
  });

  afterEach(async () => {
    const faults = await group.stop();
    await redis.stop();
    expect(faults).toEqual([]);
  });

  it('S2 R12 all nodes know what one was told, also one that starts later, and every key expires', async () => {
    const [one, other] = await group.startTwo();
    const heard: unknown[] = [];
    other.revocations.watch(
      (key, before) => heard.push([key, before]),
      (key) => heard.push(['lifted', key]),
    );
    const forgetAt = Date.now() + HOUR_MS;
    await one.revocations.revoke(ALICE, 1000, forgetAt);
    await redis.command('SCRIPT', 'FLUSH');
    await one.revocations.revoke('#', Infinity);
    const version = await redis.command('HGET', keyOf('revoked'), '#');
    await one.revocations.revoke(ALICE, 500, forgetAt - 1);
    expect(await redis.command('HGET', keyOf('revoked'), '#')).toBe(version);
    await one.revocations.revoke('user:\ud800', 5);
    await other.bans.ban(BOB, 60_000);
    await group.settled();
    expect(heard).toEqual([
      [ALICE, 1000],
      ['#', Infinity],
      ['user:\ufffd', 5],
    ]);
    await redis.command('SCRIPT', 'FLUSH');
    const third = await group.start();
    const late: unknown[] = [];
    third.revocations.watch(
      (key) => late.push(key),
      () => undefined,
    );
    expect(late.toSorted()).toEqual(['#', ALICE, 'user:\ufffd']);
    for (const node of [one, other, third]) {
      expect(node.revocations.revokedBefore([ALICE, BOB])).toBe(1000);
      expect(node.revocations.revokedBefore(['#'])).toBe(Infinity);
      expect(node.revocations.revokedBefore(['user:\ud800'])).toBe(5);
      expect(node.bans.remaining(BOB)).toBeGreaterThan(58_000);
    }
    const keys = (await redis.command('KEYS', '*')) as string[];
    const ttls = await Promise.all(keys.map((key) => redis.command('PTTL', key)));
    expect(keys.filter((_, index) => Number(ttls[index]) < 0)).toEqual([]);
    expect(keys.filter((key) => /alice|bob/.test(key))).toEqual([]);
  });

  it('writes a table back that Redis has evicted, and forgets one that has outlived itself', async () => {
    const node = await group.start();
    await node.bans.ban(ALICE, 60_000);
    await redis.command('DEL', keyOf('banned'), keyOf('banned:until'));
    while ((await redis.command('HGET', keyOf('banned'), ALICE)) === null) await pause(50);
    expect(node.bans.remaining(ALICE)).toBeGreaterThan(50_000);
    await node.revocations.revoke(ALICE, 1000, Date.now() + 1000);
    while (Number(await redis.command('ZCARD', keyOf('revoked:until'))) > 0) await pause(50);
    await node.revocations.revoke(BOB, 1000, Date.now() + HOUR_MS);
    expect(await redis.command('HKEYS', keyOf('revoked'))).toEqual(['#', BOB]);
  });

  it('Z5 changed rights reach all nodes, and earlier connections on a node that was cut off', async () => {
    const [one, other, relay] = await group.startTwo();
    const heard: [RightsSignal, number, string][] = [];
    for (const node of group.nodes) node.rights.onChanged((...change) => heard.push(change));
    const sentAt = Date.now();
    await one.rights.write(RIGHTS, 'first');
    await group.settled();
    expect(heard.map(([signal, , call]) => [signal, call])).toEqual(group.nodes.map(() => [RIGHTS, 'first']));
    for (const [, before] of heard) {
      // As exact as the time of Redis is known.
      expect(before).toBeGreaterThan(sentAt - 1000);
      expect(before).toBeLessThan(Date.now() + 1000);
    }
    heard.length = 0;
    cutOff(relay);
    const changed = { ...RIGHTS, roles: [] };
    await one.signals.send(changed);
    await pause(300);
    const cutUntil = Date.now();
    relay.isRefusing = false;
    await other.until(() => heard.length === 2);
    expect(heard.map(([signal]) => signal)).toEqual([changed, changed]);
    expect(heard[1]?.[1]).toBeLessThan(cutUntil - 200);
    const ttl = Number(await redis.command('PTTL', keyOf('rights')));
    expect(ttl).toBeGreaterThan(RIGHTS_MS - 10_000);
  });

  it('joins rows in Redis as nodes do', async () => {
    const node = await group.start();
    const versions = [1, 2, 3];
    const revoked = versions.flatMap((version) => [
      `${version} ${version} 8000000000000 `,
      ...[0, 1, 2]
        .filter((mark) => mark < version)
        .flatMap((mark) => [`${version} ${mark} 9000000000000 500.5`, `${version} ${mark} inf inf`]),
    ]);
    const change = JSON.stringify({ signal: RIGHTS, call: '' });
    const rights = versions.map((version) => `${version} ${version} ${version + 1}000000000000 ${change}`);
    for (const [name, rows] of [
      ['revoked', revoked],
      ['rights', rights],
    ] as const) {
      const key = (i: number, j: number): string => `${name}:${i}:${j}`;
      const pairs = rows.flatMap((_one, i) => rows.map((_other, j) => [i, j] as const));
      const write = (at: 0 | 1): Promise<void> =>
        node.tables.write(
          name,
          pairs.map((pair) => {
            const [version, mark, until, payload] = (rows[pair[at]] as string).split(' ');
            return [key(...pair), version, mark, until, payload] as [string, string, string, string, string];
          }),
        );
      await write(0);
      await write(1);
      const stored = (await redis.command('HGETALL', keyOf(name))) as string[];
      const found = new Map<string, string>();
      for (let i = 0; i < stored.length; i += 2) found.set(stored[i] as string, stored[i + 1] as string);
      for (const [i, j] of pairs)
        expect([key(i, j), decodeEntry(name, found.get(key(i, j)) as string)]).toEqual([
          key(i, j),
          joinEntries(name, decodeEntry(name, rows[i] as string)!, decodeEntry(name, rows[j] as string)!),
        ]);
    }
  });

  it('T7 needs no more rights in Redis than are advised', async () => {
    const rights = COMMANDS.map((command) => `+${command}`);
    await redis.command('ACL', 'SETUSER', 'node', 'on', '>secret', '~wss:*', '-@all', ...rights);
    const node = await group.start(`redis://node:secret@127.0.0.1:${redis.port}`);
    await node.revocations.revoke(ALICE, 1000);
    await node.revocations.lift(ALICE);
    await node.bans.ban(ALICE, 60_000);
    await node.signals.send(RIGHTS);
    await node.tickets.put('first', PRINCIPAL, 60_000, 1);
    await node.tickets.put('second', PRINCIPAL, 60_000, 1);
    expect(await node.tickets.take('second')).toEqual(PRINCIPAL);
    await node.streams.control.append('gap', 'control');
    await node.settle();
    await node.current();
    expect(node.bans.remaining(ALICE)).toBeGreaterThan(50_000);
  });
});
