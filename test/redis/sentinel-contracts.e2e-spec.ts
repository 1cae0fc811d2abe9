import { JointTime } from '../support/jumping-clock.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWithSentinelClock } from '../support/redis-server.js';
import { storeContracts } from '../support/store-contracts.js';

describeWithSentinelClock('stores over Sentinels', () => {
  let sentinels: RedisSentinels;
  let time: JointTime;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start({ hasOwnClock: true });
    time = new JointTime(sentinels.servers);
  });

  afterAll(() => sentinels.stop());

  storeContracts(() => ({ url: sentinels.url, time }));
});
