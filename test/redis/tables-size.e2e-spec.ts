import type { TableRow } from '../../src/redis/tables/table-calls.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { type SharedNode, SharedNodes } from '../support/shared-nodes.js';

const COUNT = 100_000;

describeWithRedis('large tables', () => {
  let redis: RedisServer;
  let nodes: SharedNodes;

  beforeEach(async () => {
    redis = await RedisServer.start();
    nodes = new SharedNodes(redis);
  });

  afterEach(async () => {
    expect(await nodes.stop()).toEqual([]);
    await redis.stop();
  });

  it('S2 R11 a hundred thousand revocations are written back and loaded in seconds', async () => {
    const one = await nodes.start();
    const other = await nodes.start();
    const forgetAt = String(Date.now() + 3_600_000);
    const rows = Array.from({ length: COUNT }, (_, n): TableRow => [
      `session:${n}:0123456789abcdef`,
      '',
      '',
      forgetAt,
      'inf',
    ]);
    const size = (node: SharedNode): number => node.tables.table('revoked').size;
    await one.tables.write('revoked', rows);
    await other.settle();
    expect(size(other)).toBe(COUNT);
    await other.stop();
    await redis.restart();
    await one.until(() => one.losses > 0);
    // What is written back is more than the stream of changes keeps.
    const third = await nodes.start();
    await third.until(() => size(third) === COUNT);
    const fourth = await nodes.start();
    expect(size(fourth)).toBe(COUNT);
    expect(fourth.revocations.revokedBefore([(rows.at(-1) as TableRow)[0]])).toBe(Infinity);
  });
});
