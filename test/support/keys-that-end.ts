import type { RedisServer } from './redis-server.js';

/** R12: every key expires, and none names one of the users of tests or an address. */
export async function expectKeysToEnd(redis: RedisServer): Promise<void> {
  const keys = (await redis.command('KEYS', '*')) as string[];
  const wrong: [string, number][] = [];
  for (const key of keys) {
    const ttl = Number(await redis.command('PTTL', key));
    // -2: it has just ended.
    if (ttl === -1 || /alice|bob|carol|dave|erin|frank|heidi|127\.0\.0\.1/.test(key)) wrong.push([key, ttl]);
  }
  expect(wrong).toEqual([]);
}
