import { readFileSync } from 'node:fs';
import { slotOf } from '../../src/redis/link/key-slot.js';
import { partitionsOf } from '../../src/redis/link/partitions.js';
import { expectTidyKeys, jointCases } from '../support/joint-cases.js';
import { goThroughFailover } from '../support/joint-failover.js';
import { JointService } from '../support/joint-service.js';
import { Logged } from '../support/logged.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { describeWithRedis, type RedisServer } from '../support/redis-server.js';

const SLOTS = partitionsOf(true).map(({ tag }) => slotOf(tag.slice(1, -1)));

/** The rights that the documentation advises, with those for a Cluster. */
const PAGE = readFileSync('docs/cluster.md', 'utf8');
const RIGHTS = [/^ACL SETUSER ws on >password (.*)$/m, /`(\+asking [^`]*)` in a Cluster/].flatMap((pattern) =>
  (pattern.exec(PAGE)?.[1] ?? '').split(' '),
);

describeWithRedis('two applications over a Cluster of three masters with replicas', () => {
  let cluster: RedisCluster;
  let url: string;
  let service: JointService;
  let logged: Logged;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: 3, slots: SLOTS });
    for (const server of cluster.servers)
      await server.command('ACL', 'SETUSER', 'ws', 'on', '>password', ...RIGHTS);
    url = cluster.url.replace('://', '://ws:password@');
    service = await JointService.start(url);
    logged = new Logged();
  });

  afterEach(async () => {
    expect(logged.errors).toEqual([]);
    for (const server of cluster.masters) {
      const errors = String(await server.command('INFO', 'errorstats').catch(() => ''));
      expect(errors).not.toContain('CROSSSLOT');
      const denied = (await server.command('ACL', 'LOG').catch(() => [])) as string[][];
      const commands = denied.map((entry) => entry[entry.indexOf('object') + 1]);
      // Of what ioredis tries by itself these are of no use.
      expect(
        commands.filter((command) => !['client|setname', 'readonly'].includes(command as string)),
      ).toEqual([]);
    }
  });

  afterAll(async () => {
    logged.stop();
    await service.close();
    await cluster.stop();
  });

  jointCases(() => service);

  it('R12 leave no key without an end', () => expectTidyKeys(cluster.masters));

  const startLater = () => JointService.node(url);

  it('R2 R4 R11 go on while slots move to another master', async () => {
    const [first, second] = cluster.masters as [RedisServer, RedisServer];
    const begin = async (): Promise<void> => {
      // The first one has the tables and streams.
      for (const slot of SLOTS.slice(0, 5)) await cluster.moveSlot(slot, first, second, 40);
      await service.heard('cluster.failover');
      for (const slot of SLOTS.slice(0, 5)) await cluster.moveSlot(slot, second, first);
    };
    await goThroughFailover(service, 'moved', { begin, most: 1, startLater });
    expect(service.hasTold('cluster.gap')).toBe(false);
  });

  it('R2 R4 R11 S2 go through a failover that was asked for', async () => {
    const begin = () => cluster.replicas[1]?.command('CLUSTER', 'FAILOVER');
    await goThroughFailover(service, 'asked', { begin, most: 2, startLater });
  });

  it('R2 R4 R11 S2 go through a failover because the master of tables and streams is killed', async () => {
    const [first] = cluster.masters as [RedisServer];
    // In a window that touches an outage each node may count for itself, and both together before and after it.
    const most = 4;
    await goThroughFailover(service, 'killed', { begin: () => first.kill(), most, startLater });
    const down = service.one.told.filter((event) => event.type === 'cluster.down');
    expect(new Set(down.map(({ partition }) => partition)).size).toBe(6);
  });
});
