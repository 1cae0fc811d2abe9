import type { Principal } from '../../src/connection/principal.js';
import { createResumeToken, hashOfResumeToken } from '../../src/connection/resume/resume-token.js';
import type { ClusterSignal } from '../../src/nodes/cluster-signals.js';
import { SessionShelf } from '../../src/redis/resume/session-shelf.js';
import { PREFIX } from '../support/redis-link.js';
import { RedisNode, until } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { KEYS, SharedNode } from '../support/shared-nodes.js';

const CONTROL = `${PREFIX}{c}:control`;
const BUS = `${PREFIX}{c}:bus`;
const SENT = `${PREFIX}{c}:sent`;
const REVOKED = `${PREFIX}{c}:revoked`;
const KICK = { type: 'kick', id: 'alice' } as const;
const MALFORMED = { name: 'MalformedEntryError' };
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

describeWithRedis('what no node of this version has written', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  beforeEach(() => redis.command('FLUSHALL'));

  afterAll(() => redis.stop());

  describe('in streams', () => {
    let nodes: [RedisNode, RedisNode];

    beforeEach(async () => {
      nodes = (await RedisNode.startAll(2, redis.url)) as [RedisNode, RedisNode];
      for (const { signals } of nodes) signals.onSignal(() => 1);
      await nodes[1].listen();
    });

    afterEach(() => {
      for (const node of nodes) node.stop();
    });

    /** How the other node handles what the first one writes; everything after it still arrives. */
    const faultsAfter = async (write: () => Promise<unknown>): Promise<unknown[]> => {
      await write();
      expect(await nodes[0].signals.send(KICK)).toBe(2);
      await nodes[0].push('"after"');
      await until(() => nodes[1].texts.includes('"after"'));
      return nodes[1].faults;
    };

    it('entries without numbers are skipped, told of, and no gap', async () => {
      const foreign = [
        ['a', 'b'],
        ['f', 'node', 'n', '1', 'g', 'x', 'k', 'signal', 'd', '[]'],
        ['f', 'node', 'n', '1', 'g', '-1', 'k', 'p', 'd', ''],
        ['n', '1', 'g', '1', 'k', 'p', 'd', ''],
      ];
      const faults = await faultsAfter(async () => {
        for (const key of [CONTROL, BUS])
          for (const fields of foreign) await redis.command('XADD', key, '*', ...fields);
      });
      expect(faults).toEqual(Array.from({ length: 8 }, () => expect.objectContaining(MALFORMED)));
      expect(nodes[1].told('cluster.gap')).toBe(0);
    });

    it('messages of a wrong shape are skipped and told of, without their contents', async () => {
      const bodies: Record<string, readonly string[]> = {
        signal: [
          'canary',
          '{}',
          '[1]',
          '["1",{"type":"kick","id":"a"}]',
          '[1,{"type":"kick","id":7}]',
          '[1,null]',
        ],
        reached: ['canary', '[1,2,3]', 'null'],
        want: ['canary', '[["a"]]', '{}'],
        left: ['canary', '5', '[1]'],
        t: [
          'canary',
          '["revoked"]',
          '["revoked","x","user:a","1 0 2 3"]',
          '["revoked","5","user:a","canary"]',
        ],
      };
      const all = Object.entries(bodies).flatMap(([kind, list]) => list.map((body) => [kind, body] as const));
      const faults = await faultsAfter(async () => {
        for (const [kind, body] of all) await nodes[0].streams.control.append(kind, body);
      });
      // This kind of node has no tables.
      const expected = all.length - (bodies['t'] as string[]).length;
      expect(faults).toEqual(Array.from({ length: expected }, () => expect.objectContaining(MALFORMED)));
      expect(faults.map(String).join()).not.toContain('canary');
    });

    it('kinds, signals and fields that only a later version knows are no mistake', async () => {
      const later = { type: 'mute', whom: 'alice' } as unknown as ClusterSignal;
      const faults = await faultsAfter(async () => {
        await nodes[0].streams.control.append('later', 'anything');
        const askedAt = performance.now();
        expect(await nodes[0].signals.send(later)).toBe(0);
        // Nobody waits for an answer that does not come.
        expect(performance.now() - askedAt).toBeLessThan(450);
        const more = { ...KICK, more: { nested: true } };
        expect(await nodes[0].signals.send(more)).toBe(2);
      });
      expect(faults).toEqual([]);
    });

    it('pushes that cannot be read are a gap, and the next ones arrive', async () => {
      const bodies = [
        'canary',
        '"room"\t"e"',
        '{}\t"e"\t1',
        '"room"\t5\t1',
        '[1]\t"e"\t1',
        '"room"\t"e"\t1\ncanary',
      ];
      const { bus } = nodes[0].streams;
      const faults = await faultsAfter(async () => {
        for (const body of bodies) await bus.writer.write([['p', body]], 5000, false);
      });
      expect(faults).toEqual(bodies.map(() => expect.objectContaining(MALFORMED)));
      expect(faults.map(String).join()).not.toContain('canary');
      expect(nodes[1].told('cluster.gap')).toBe(bodies.length);
      expect(nodes[1].texts).toEqual(['"after"']);
    });

    it('sessions that cannot be read are not recovered', async () => {
      const shelf = new SessionShelf(nodes[0].link, KEYS, 1000);
      const token = createResumeToken('AAAAAAAAAAA');
      const session = { owner: 'o', path: '/ws', kept: [], version: 2 } as never;
      await shelf.put(hashOfResumeToken(token), session, 10_000);
      expect(await nodes[1].sessions.fetch(token, 'o', '/ws', 0)).toBeUndefined();
      expect(nodes[1].faults).toEqual([expect.objectContaining(MALFORMED)]);
    });
  });

  describe('in tables and counts', () => {
    const nodes: SharedNode[] = [];

    const start = async (): Promise<SharedNode> => {
      const node = await SharedNode.start(redis.url);
      nodes.push(node);
      return node;
    };

    afterEach(async () => {
      await Promise.all(nodes.splice(0).map((node) => node.stop()));
    });

    it('S2 a revocation that cannot be read becomes one of everything so far, and others still count', async () => {
      const first = await start();
      await first.revocations.revoke('user:bob', 1000);
      await redis.command(
        'HSET',
        REVOKED,
        'user:alice',
        'garbage',
        'session:s',
        '1 2',
        'user:carol',
        'nan nan nan nan',
        'user:erin',
        `inf 0 ${Date.now() + 60_000} 1000`,
      );
      const startedAt = Date.now();
      const later = await start();
      expect(later.revocations.revokedBefore(['user:bob'])).toBe(1000);
      expect(later.revocations.revokedBefore(['user:alice'])).toBeGreaterThan(startedAt - 100);
      expect(later.revocations.revokedBefore(['user:carol'])).toBeLessThan(Date.now() + 1000);
      expect(later.revocations.revokedBefore(['user:erin'])).toBeGreaterThan(startedAt - 100);
      expect(later.revocations.revokedBefore(['session:s'])).toBe(Infinity);
      expect(later.revocations.revokedBefore(['user:dave'])).toBeUndefined();
      expect(later.faults).toEqual([expect.objectContaining(MALFORMED)]);
      // The others hear of it, and nobody finds them again.
      await first.until(() => first.revocations.revokedBefore(['session:s']) === Infinity);
      expect((await start()).faults).toEqual([]);
      await later.revocations.lift('session:s');
      expect(later.revocations.revokedBefore(['session:s'])).toBeUndefined();
    });

    it('S2 a node that knows what a row was writes it again, and a new revocation takes the place of garbage', async () => {
      const first = await start();
      await first.revocations.revoke('user:alice', 1000);
      await redis.command('HSET', REVOKED, 'user:alice', 'garbage', 'user:bob', '1 x 3 4');
      // Changes that are lost let it read the table again.
      await first.streams.control.append('gap', 'control');
      await first.until(() => first.faults.length > 0);
      await first.settle();
      await redis.command('HSET', REVOKED, 'user:bob', 'garbage again');
      await first.revocations.revoke('user:bob', 5e12);
      const later = await start();
      expect(later.faults).toEqual([]);
      expect(later.revocations.revokedBefore(['user:bob'])).toBe(5e12);
    });

    it('bans and rights that cannot be read are dropped', async () => {
      const first = await start();
      await first.bans.ban('bob', 60_000);
      await first.rights.write({ type: 'rights', id: 'bob', issuer: null, roles: ['r'], scopes: [] });
      await redis.command('HSET', `${PREFIX}{c}:banned`, 'alice', 'garbage');
      await redis.command(
        'HSET',
        `${PREFIX}{c}:rights`,
        'user:alice',
        'garbage',
        'user:eve',
        `1 1 ${Date.now() + 60_000} {}`,
      );
      const later = await start();
      expect([later.bans.remaining('alice'), later.bans.remaining('bob') > 50_000]).toEqual([0, true]);
      expect(later.faults).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(MALFORMED)));
      await later.bans.ban('alice', 60_000);
      await first.until(() => first.bans.remaining('alice') > 0);
    });

    it.each(['x', 'inf', 'nan', '-inf', '1e999', '-5'])(
      'S2 counts that are %s begin anew, and revocations go on',
      async (count) => {
        const first = await start();
        await first.revocations.revoke('user:alice', 1000);
        const own = first.test.link.node;
        const garbage = ['control:g', 'control:b', 'control:low', `control:n:${own}`, 'bus:g'].flatMap(
          (name) => [name, count],
        );
        await redis.command('HSET', SENT, ...garbage);
        await redis.command('HSET', REVOKED, '#', count);
        const later = await start();
        expect(later.revocations.revokedBefore(['user:alice'])).toBe(1000);
        await first.revocations.revoke('user:bob', 2000);
        await later.until(() => later.revocations.revokedBefore(['user:bob']) === 2000);
        expect(await redis.command('HGET', REVOKED, '#')).toMatch(/^\d{13}$/);
        expect([first.faults, later.faults]).toEqual([[], []]);
      },
    );

    it('N12 a ticket that cannot be read is good for nobody', async () => {
      const node = await start();
      await node.tickets.put('ticket', PRINCIPAL, 60_000, 1);
      const key = KEYS.ticket({ tag: '{c}' }, 'ticket');
      await redis.command('SET', key, JSON.stringify({ ...PRINCIPAL, roles: 'admin' }), 'PX', 60_000);
      await expect(node.tickets.take('ticket')).rejects.toMatchObject(MALFORMED);
      expect(await node.tickets.take('ticket')).toBeNull();
    });
  });
});
