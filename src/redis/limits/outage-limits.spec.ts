import { ManualClock } from '../../testing/manual-clock.js';
import { RedisUnavailableError } from '../link/redis-port.js';
import { OutageLimits } from './outage-limits.js';

it('R11 a refusal under deny has no stack, because each message of an outage gets one', () => {
  const limits = new OutageLimits('deny', new ManualClock());
  const hit = { key: 'k', ttl: 1000, limit: 1, blockDuration: 0, name: 'default', cost: 1 };
  let error: unknown;
  try {
    limits.decide({ tag: '{0}' }, hit);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(RedisUnavailableError);
  expect(error).toMatchObject({
    outcome: 'not-run',
    stack: 'RedisUnavailableError: Redis is not available (refused)',
  });
});
