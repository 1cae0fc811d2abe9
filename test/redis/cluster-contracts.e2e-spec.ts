import { slotOf } from '../../src/redis/link/key-slot.js';
import { partitionsOf } from '../../src/redis/link/partitions.js';
import { JointTime } from '../support/jumping-clock.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { describeWithRedisClock } from '../support/redis-server.js';
import { storeContracts } from '../support/store-contracts.js';

const SLOTS = partitionsOf(true).map(({ tag }) => slotOf(tag.slice(1, -1)));

describeWithRedisClock('stores over a Cluster', () => {
  let cluster: RedisCluster;
  let time: JointTime;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: 3, hasOwnClock: true, slots: SLOTS });
    time = new JointTime(cluster.servers);
  });

  afterAll(() => cluster.stop());

  storeContracts(() => ({ url: cluster.url, time }));
});
