import type { RightsSignal } from '../../src/nodes/cluster-signals.js';
import { ProviderUnavailableError } from '../../src/errors/provider-unavailable.error.js';
import { joinEntries } from '../../src/redis/tables/join-entries.js';
import { decodeEntry } from '../../src/redis/tables/table-entry.js';
import { PREFIX } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { RIGHTS_MS, SharedNode } from '../support/shared-nodes.js';
import { TcpRelay } from '../support/tcp-relay.js';

const ALICE = 'user:alice';
const BOB = 'user:bob';
const HOUR_MS = 3_600_000;
const RIGHTS: RightsSignal = { type: 'rights', id: 'bob', issuer: null, roles: ['user'], scopes: ['é'] };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const keyOf = (name: string): string => `${PREFIX}{c}:${name}`;

describeWithRedis('tables that every node holds', () => {
  let redis: RedisServer;
  const nodes: SharedNode[] = [];
  const relays: TcpRelay[] = [];

  const start = async (url = redis.url): Promise<SharedNode> => {
    const node = await SharedNode.start(url);
    nodes.push(node);
    return node;
  };
  /** Two nodes, of which the second can be cut off. */
  const startTwo = async (): Promise<[SharedNode, SharedNode, TcpRelay]> => {
    const relay = await TcpRelay.start(redis.port);
    relays.push(relay);
    const [one, other] = await Promise.all([start(), start(`redis://127.0.0.1:${relay.port}`)]);
    return [one, other, relay];
  };
  const settled = (): Promise<void[]> => Promise.all(nodes.map((node) => node.settle()));
  const cutOff = (relay: TcpRelay): void => {
    relay.isRefusing = true;
    relay.cut();
  };

  beforeEach(async () => {
    redis = await RedisServer.start();
  });

  afterEach(async () => {
    const faults = nodes.flatMap((node) => node.faults);
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await redis.stop();
    expect(faults).toEqual([]);
  });

  it('S2 R12 what a node is told all know, also one that starts later, and every key expires', async () => {
    const [one, other] = await startTwo();
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
    await settled();
    expect(heard).toEqual([
      [ALICE, 1000],
      ['#', Infinity],
      ['user:\ufffd', 5],
    ]);
    await redis.command('SCRIPT', 'FLUSH');
    const third = await start();
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

  it('S2 what was revoked stays so when Redis loses its memory, and what was lifted stays lifted', async () => {
    const [one, other] = await startTwo();
    await one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    await one.revocations.revoke(BOB, 1000, Date.now() + HOUR_MS);
    await one.bans.ban(ALICE, HOUR_MS);
    await other.revocations.lift(BOB);
    await other.bans.lift(ALICE);
    await settled();
    const lifted: string[] = [];
    for (const node of nodes)
      node.revocations.watch(
        () => undefined,
        (key) => lifted.push(key),
      );
    await redis.restart();
    // As if another node had written since.
    await redis.command('HSET', keyOf('revoked'), '#', Date.now() + 1000);
    await Promise.all(nodes.map((node) => node.until(() => node.losses > 0)));
    const third = await start();
    await third.until(() => third.tables.table('revoked').size === 2);
    await third.until(() => third.tables.table('banned').size === 1);
    await Promise.all(nodes.map((node) => node.current()));
    for (const node of nodes) {
      expect(node.revocations.revokedBefore([ALICE])).toBe(1000);
      expect(node.revocations.revokedBefore([BOB])).toBeUndefined();
      expect(node.bans.remaining(ALICE)).toBe(0);
      expect(node.bans.list()).toEqual([]);
    }
    expect(lifted).toEqual([]);
  });

  it('S2 tells nothing of revocations while Redis is frozen, and writes them when it is back', async () => {
    const [one, other] = await startTwo();
    await one.bans.ban(BOB, 60_000);
    await settled();
    redis.freeze();
    await pause(1000);
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
    await Promise.all(nodes.map((node) => node.current()));
    for (const node of nodes) expect(node.revocations.revokedBefore([ALICE])).toBe(1000);
  });

  it('S2 a node that was cut off learns what it missed, also when the stream is gone', async () => {
    const [one, other, relay] = await startTwo();
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

  it('S2 loads tables anew when messages are lost, and believes none before it is loaded', async () => {
    const [one, other] = [await start(), await SharedNode.placed(redis.url)];
    nodes.push(other);
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

  it('S2 a node that starts while Redis is away tells nothing until it knows all', async () => {
    const [one] = await startTwo();
    await one.revocations.revoke(ALICE, 1000, Date.now() + HOUR_MS);
    const relay = await TcpRelay.start(redis.port);
    relays.push(relay);
    relay.isRefusing = true;
    const late = await SharedNode.startAlone(`redis://127.0.0.1:${relay.port}`);
    nodes.push(late);
    expect(() => late.revocations.revokedBefore([ALICE])).toThrow(ProviderUnavailableError);
    await expect(late.revocations.revoke(BOB, 1000)).rejects.toMatchObject({ outcome: 'not-run' });
    relay.isRefusing = false;
    await late.current();
    expect(late.revocations.revokedBefore([ALICE])).toBe(1000);
    await one.until(() => one.revocations.revokedBefore([BOB]) === 1000);
  });

  it('S2 learns of a change within two seconds when its message is lost', async () => {
    const node = await start();
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
  });

  it('writes a table back that Redis has evicted, and forgets one that has outlived itself', async () => {
    const node = await start();
    await node.bans.ban(ALICE, 60_000);
    await redis.command('DEL', keyOf('banned'), keyOf('banned:until'));
    while ((await redis.command('HGET', keyOf('banned'), ALICE)) === null) await pause(50);
    expect(node.bans.remaining(ALICE)).toBeGreaterThan(50_000);
    await node.revocations.revoke(ALICE, 1000, Date.now() + 1000);
    while (Number(await redis.command('ZCARD', keyOf('revoked:until'))) > 0) await pause(50);
    await node.revocations.revoke(BOB, 1000, Date.now() + HOUR_MS);
    expect(await redis.command('HKEYS', keyOf('revoked'))).toEqual(['#', BOB]);
  });

  it('Z5 changed rights reach all nodes, and connections of before on one that was cut off', async () => {
    const [one, other, relay] = await startTwo();
    const heard: [RightsSignal, number, string][] = [];
    for (const node of nodes) node.rights.onChanged((...change) => heard.push(change));
    const sentAt = Date.now();
    await one.rights.write(RIGHTS, 'first');
    await settled();
    expect(heard.map(([signal, , call]) => [signal, call])).toEqual(nodes.map(() => [RIGHTS, 'first']));
    for (const [, before] of heard) {
      expect(before).toBeGreaterThan(sentAt - 50);
      expect(before).toBeLessThan(Date.now() + 50);
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
    const node = await start();
    const versions = [1, 2, 3];
    const revoked = versions.flatMap((version) => [
      `${version} ${version} 8000000000000 `,
      ...[0, 1, 2]
        .filter((mark) => mark < version)
        .flatMap((mark) => [`${version} ${mark} 9000000000000 500.5`, `${version} ${mark} inf inf`]),
    ]);
    const change = JSON.stringify({ signal: RIGHTS, call: '' });
    const rights = versions.map((version) => `${version} ${version} ${version}000000000000 ${change}`);
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
        expect([key(i, j), decodeEntry(found.get(key(i, j)) as string)]).toEqual([
          key(i, j),
          joinEntries(name, decodeEntry(rows[i] as string), decodeEntry(rows[j] as string)),
        ]);
    }
  });
});
