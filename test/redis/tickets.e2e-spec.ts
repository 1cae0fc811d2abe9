import type { Principal } from '../../src/connection/principal.js';
import { RedisTicketStore } from '../../src/redis/tickets/redis-ticket-store.js';
import { ticketStoreContract } from '../../src/testing/contracts/ticket-store.contract.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { TestLink } from '../support/redis-link.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';
import { KEYS } from '../support/shared-nodes.js';
import { TcpRelay } from '../support/tcp-relay.js';

const TTL_MS = 30_000;
const ALICE: Principal = {
  id: 'alice',
  issuer: null,
  kind: 'token',
  roles: [],
  scopes: [],
  claims: { sub: 'alice' },
  expiresAt: null,
  sessionId: null,
};

const storeOver = ({ link }: TestLink): RedisTicketStore =>
  new RedisTicketStore(link, { keys: KEYS, deadlineMs: 1000 });

async function linksTo(...urls: string[]): Promise<TestLink[]> {
  const links = await Promise.all(urls.map((url) => TestLink.start(url)));
  await Promise.all(links.map((link) => link.up()));
  return links;
}

describeWithRedis('tickets in Redis', () => {
  let redis: RedisServer;
  let relay: TcpRelay;
  let links: TestLink[];
  let one: RedisTicketStore;
  /** Its line can be cut. */
  let other: RedisTicketStore;

  beforeEach(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
    links = await linksTo(redis.url, `redis://127.0.0.1:${relay.port}`);
    [one, other] = links.map(storeOver) as [RedisTicketStore, RedisTicketStore];
  });

  afterEach(async () => {
    for (const link of links) link.stop();
    await relay.stop();
    await redis.stop();
  });

  it('N12 cannot be taken while Redis is frozen, and a call that was given up does nothing later', async () => {
    await one.put('first', ALICE, TTL_MS, 10);
    redis.freeze();
    const outcome = { name: 'RedisUnavailableError', outcome: 'unknown' };
    await Promise.all([
      expect(one.take('first')).rejects.toMatchObject(outcome),
      expect(one.put('second', ALICE, TTL_MS, 10)).rejects.toMatchObject(outcome),
    ]);
    // The server's time is known to some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 200));
    redis.thaw();
    for (const link of links) await link.up();
    expect(await one.take('second')).toBeUndefined();
    expect(await one.take('first')).toEqual(ALICE);
    expect(await one.take('first')).toBeNull();
  });

  it('N12 a ticket whose taker never received the answer is used up', async () => {
    await one.put('first', ALICE, TTL_MS, 10);
    const key = KEYS.ticket({ tag: '{c}' }, 'first');
    relay.delayMs = 200;
    const taken = other.take('first');
    while ((await redis.command('GET', key)) !== '');
    relay.cut();
    await expect(taken).rejects.toMatchObject({ name: 'RedisUnavailableError', outcome: 'unknown' });
    expect(await one.take('first')).toBeNull();
  });

  it('N15 old tickets that could not be removed are removed with the next one', async () => {
    await one.put('first', ALICE, TTL_MS, 1);
    const ticket = KEYS.ticket({ tag: '{c}' }, 'first');
    const [owned] = (await redis.command('KEYS', '*:to:*')) as [string];
    await one.put('second', ALICE, TTL_MS, 1);
    // As if the call that removes had failed.
    await redis.command('SET', ticket, JSON.stringify(ALICE), 'PX', TTL_MS);
    await redis.command('ZADD', owned, (Date.now() + TTL_MS - 5000) * 1000, 'first');
    await one.put('third', ALICE, TTL_MS, 1);
    expect(await redis.command('ZRANGE', owned, 0, -1)).toEqual(['third']);
    expect(await one.take('first')).toBeUndefined();
    expect(await one.take('third')).toEqual(ALICE);
  });

  it('R12 every key expires, none shows whom a ticket is for, and forgotten scripts are sent again', async () => {
    await one.put('first', ALICE, TTL_MS, 10);
    await redis.command('SCRIPT', 'FLUSH');
    await one.put('second', ALICE, 2 * TTL_MS, 10);
    await redis.command('SCRIPT', 'FLUSH');
    await one.take('first');
    const keys = (await redis.command('KEYS', '*')) as string[];
    const ttls = await Promise.all(keys.map((key) => redis.command('PTTL', key)));
    // The tickets, one of them used, and those of their owner.
    expect(keys.length).toBe(3);
    expect(keys.filter((key) => key.includes('alice'))).toEqual([]);
    const [used, ...others] = ttls.map(Number).toSorted((a, b) => a - b);
    expect(used).toBeGreaterThan(0.5 * TTL_MS);
    expect(used).toBeLessThanOrEqual(TTL_MS);
    expect(others.filter((ttl) => ttl <= 1.5 * TTL_MS)).toEqual([]);
  });
});

describeWithRedis('tickets in a Cluster', () => {
  let cluster: RedisCluster;
  let links: TestLink[];

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    links = await linksTo(cluster.url, cluster.url);
  }, 60_000);

  afterAll(async () => {
    for (const link of links) link.stop();
    await cluster.stop();
  });

  runContract(
    'TicketStore',
    ticketStoreContract(async () => {
      await Promise.all(cluster.masters.map((server) => server.command('FLUSHALL')));
      return {
        nodes: links.map(storeOver) as [RedisTicketStore, RedisTicketStore],
        pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        toleranceMs: 50,
      };
    }),
  );
});
