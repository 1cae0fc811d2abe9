import { RedisCluster } from '../support/redis-cluster.js';
import { describeWithRedis } from '../support/redis-server.js';
import { storeContracts } from '../support/store-contracts.js';

describeWithRedis('stores over a Cluster', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: 3 });
  });

  afterAll(() => cluster.stop());

  storeContracts(() => cluster.url);
});
