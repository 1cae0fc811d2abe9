import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWithSentinel } from '../support/redis-server.js';
import { storeContracts } from '../support/store-contracts.js';

describeWithSentinel('stores over Sentinels', () => {
  let sentinels: RedisSentinels;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
  });

  afterAll(() => sentinels.stop());

  storeContracts(() => sentinels.url);
});
