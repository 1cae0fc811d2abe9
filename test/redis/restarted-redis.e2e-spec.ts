import { OverloadedException } from '../../src/errors/ws-exceptions.js';
import { ProviderUnavailableError } from '../../src/errors/provider-unavailable.error.js';
import { userKey } from '../../src/connection/revocation-keys.js';
import { atOnce } from '../support/at-once.js';
import { BusyNodes, Member, numbers, pause, registryOf } from '../support/busy-nodes.js';
import { eventually } from '../support/eventually.js';
import { expectKeysToEnd } from '../support/keys-that-end.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { cut } from '../support/resuming.js';
import type { TestClient } from '../support/test-client.js';

const LIMIT = 60;
const WINDOW_MS = 4000;
/** How long a restart takes at most until everything works again. */
const HEALED_MS = 5000;
/** What is kept of changed rights: an entry and the version of the table. */
const RIGHTS = 'wss:1:{c}:rights';
const OPTIONS = {
  rateLimit: LIMIT,
  rateTtlMs: WINDOW_MS,
  maxConnectionsPerUser: 2,
  // A busy machine is not an outage: a kill is noticed at once.
  redisTimeoutMs: 2000,
};

/** What a restart loses. */
interface Loss {
  readonly isNew: boolean;
  readonly isLost: boolean;
  /** How long before the kill the last thing was written, in milliseconds. */
  readonly ageMs: number;
}

/** The roles that a connection has now. */
async function rolesOf(client: TestClient): Promise<unknown> {
  return (await client.request('roles')).data;
}

describeWithRedis('two nodes whose Redis was killed and is back', () => {
  const test = atOnce(4);

  for (const [name, loss] of [
    ['with its memory', { isNew: false, isLost: false, ageMs: 0 }],
    ['from a snapshot of some moments before', { isNew: true, isLost: true, ageMs: 0 }],
    ['from a snapshot older than the last beats', { isNew: true, isLost: true, ageMs: 1200 }],
    ['with empty memory', { isNew: false, isLost: true, ageMs: 1200 }],
  ] as const)
    test(`R2 R4 S2 N12 S5 S6 ${name}: know what they knew, and tell what is lost`, async (later) => {
      const redis = await RedisServer.start();
      later(() => redis.stop());
      const nodes = await BusyNodes.start(redis, OPTIONS);
      later(async () => {
        await nodes.close();
        await expectKeysToEnd(redis);
      });
      await restart(redis, nodes, loss);
    });

  async function restart(
    redis: RedisServer,
    nodes: BusyNodes,
    { isNew, isLost, ageMs }: Loss,
  ): Promise<void> {
    const { one, other } = nodes;
    await nodes.revocations(one).revokeUser('frank', null);
    if (isNew) await redis.snapshot();
    await nodes.revocations(other).lift(userKey('frank', null));
    await nodes.revocations(one).revokeUser('carol', null);
    const members = [await Member.join(one, 'dave'), await Member.join(other, 'erin')] as const;
    await Promise.all([one.connect('alice'), other.connect('alice')]);
    const ivan = await Promise.all(nodes.all.map((node) => node.connect('ivan')));
    await registryOf(other).changeRights('ivan', null, { roles: ['guest'], scopes: [] });
    const judy = await Promise.all(nodes.all.map((node) => node.connect('judy')));
    const ticket = await nodes.ticket('heidi');
    await nodes.push(0, 4);
    for (const member of members) expect(await member.got(4)).toEqual(numbers(4));
    expect(await nodes.accepted('bob', LIMIT)).toBeLessThanOrEqual(LIMIT);
    if (!isLost) await redis.snapshot();
    await pause(ageMs);

    nodes.forget();
    await redis.kill();
    await nodes.heard('cluster.down');
    const pushed = Promise.all(
      [4, 5].map((n) => registryOf(nodes.all[n - 4]!).sendToRoom('lobby', 'room', n)),
    );
    // It reaches this node at once, and has to be said again for the others.
    await expect(registryOf(one).kick('judy')).rejects.toBeInstanceOf(OverloadedException);
    expect((await judy[0]?.closed)?.code).toBe(4403);
    await redis.restart({ fromSnapshot: isNew || !isLost });
    const backAt = performance.now();
    await nodes.heard('cluster.up');
    if (ageMs > 0) await nodes.heard('cluster.memory-lost');
    await pushed;
    // Places and revocations are there again as soon as anybody is asked about them.
    expect([await eventuallyRefused(nodes, 'alice', 0), await eventuallyRefused(nodes, 'alice', 1)]).toEqual([
      429, 429,
    ]);
    expect([await eventuallyRefused(nodes, 'carol', 0), await eventuallyRefused(nodes, 'carol', 1)]).toEqual([
      401, 401,
    ]);
    expect(performance.now() - backAt).toBeLessThan(HEALED_MS);
    await (await eventually(() => other.connect('frank'))).close();
    expect(await nodes.taken(ticket)).toBe(isLost ? 0 : 1);
    await eventually(() => registryOf(one).kick('judy'));
    expect((await judy[1]?.closed)?.code).toBe(4403);
    expect(await Promise.all(ivan.map(rolesOf))).toEqual(['guest', 'guest']);
    // Nodes that were cut off meanwhile read it there.
    expect(await redis.command('HLEN', RIGHTS)).toBeGreaterThan(1);
    await registryOf(one).changeRights('ivan', null, { roles: ['member'], scopes: [] });
    await eventually(async () => expect(await Promise.all(ivan.map(rolesOf))).toEqual(['member', 'member']));

    const gap = nodes.told('cluster.gap');
    expect(gap || !isLost).toBe(true);
    for (const member of members) {
      const pushes = await member.got(6);
      expect(pushes.toSorted()).toEqual(numbers(6));
      expect(pushes).toEqual((await members[0].got(6)).slice());
    }
    await cut(members[0].session.client, registryOf(one));
    const back = await Member.join(other, 'dave', members[0]);
    expect(back.session.resume.recovered).toBe(!gap);
    expect(await nodes.revokedAfter('grace')).toBeLessThan(2000);
    // One window later nothing of what was forgotten counts any more.
    await pause(WINDOW_MS - (performance.now() - backAt));
    const accepted = await nodes.accepted('bob', LIMIT);
    expect(accepted).toBeLessThanOrEqual(LIMIT);
    expect(accepted).toBeGreaterThanOrEqual(0.9 * LIMIT);
  }

  /** The status of a refusal that is none of an outage. */
  async function eventuallyRefused(nodes: BusyNodes, sub: string, node: 0 | 1): Promise<number> {
    return eventually(async () => {
      const status = await nodes.all[node].refusal(sub);
      if (status === 503) throw new ProviderUnavailableError('not yet');
      return status;
    });
  }
});
