import type { Partition } from '../../src/redis/link/redis-port.js';
import { SCRIPT_START } from '../../src/redis/link/script-start.js';
import { defineScript } from '../../src/redis/link/script.js';
import { atOnce } from '../support/at-once.js';
import { eventually, RedisCluster } from '../support/redis-cluster.js';
import { PREFIX, TestLink } from '../support/redis-link.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import {
  describeWithRedis,
  describeWithSentinel,
  freePort,
  type RedisServer,
} from '../support/redis-server.js';

const COUNT = defineScript('count', `${SCRIPT_START} return {now, redis.call('HINCRBY', KEYS[1], 'n', 1)}`);

async function count(test: TestLink, partition: Partition): Promise<number> {
  const [, n] = (await test.link.run(COUNT, partition, [`${PREFIX}${partition.tag}:test`], [])) as number[];
  return n as number;
}

const test = atOnce(2);

describeWithSentinel('the link by Sentinel', () => {
  test('finds the master, and the new one after a failover', async (later) => {
    const sentinels = await RedisSentinels.start();
    later(() => sentinels.stop());
    const [master, replica] = sentinels.servers;
    // One that is not there is passed over.
    const tested = await TestLink.start(sentinels.urlWith(`127.0.0.1:${await freePort()}`));
    later(() => tested.stop());
    await tested.up();
    expect(await count(tested, tested.control)).toBe(1);
    expect(await count(tested, tested.control)).toBe(2);
    await eventually(async () => (await replica.command('HGET', `${PREFIX}{c}:test`, 'n')) === '2');

    await master.kill();
    await tested.told('cluster.failover');
    await tested.up();
    expect(await count(tested, tested.control)).toBe(3);
    expect(await replica.command('HGET', `${PREFIX}{c}:test`, 'n')).toBe('3');
    const told = tested.events.map(({ type }) => type);
    expect(told.slice(0, 2)).toEqual(['cluster.up', 'cluster.down']);
    // On a busy machine it may be down for a moment once more.
    expect(told.slice(told.indexOf('cluster.failover')).slice(0, 2)).toEqual([
      'cluster.failover',
      'cluster.up',
    ]);
  });
});

describeWithRedis('the link to a Cluster', () => {
  test('has a breaker for each partition, and finds the new master by itself', async (later) => {
    const cluster = await RedisCluster.start();
    later(() => cluster.stop());
    const tested = await TestLink.start(cluster.url);
    later(() => tested.stop());
    await tested.up();
    const { partitions } = tested.link;
    expect(partitions).toHaveLength(16);
    for (const partition of partitions) expect(await count(tested, partition)).toBe(1);
    const sizes = await Promise.all(cluster.masters.map((master) => master.command('DBSIZE')));
    expect(sizes.map(Number).toSorted((a, b) => a - b)).toEqual([5, 5, 6]);
    tested.forgetEvents();

    const [first] = cluster.masters as [RedisServer];
    first.freeze();
    later(() => first.thaw());
    const hit = partitions.slice(0, 5);
    const others = partitions.slice(6);
    for (let round = 0; round < 3; round++)
      await Promise.allSettled(hit.map((partition) => count(tested, partition)));
    expect(hit.map((partition) => tested.link.isUp(partition))).toEqual(hit.map(() => false));
    expect(others.map((partition) => tested.link.isUp(partition))).toEqual(others.map(() => true));
    for (const partition of others) expect(await count(tested, partition)).toBe(2);

    await tested.up();
    for (const partition of hit) expect(await count(tested, partition)).toBeGreaterThanOrEqual(2);
    const failovers = tested.events.filter(({ type }) => type === 'cluster.failover');
    expect(failovers.map(({ partition }) => partition)).toEqual(
      expect.arrayContaining(hit.map(({ tag }) => tag)),
    );
    expect(failovers.some(({ partition }) => others.some(({ tag }) => tag === partition))).toBe(false);
  });
});
