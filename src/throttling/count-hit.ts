import type { ThrottlerStorage } from '@nestjs/throttler';
import type { ThrottlerVerdict } from './throttler-verdict.interface.js';
import { knowsCost } from './ws-throttler-storage.interface.js';

/** Counts one hit, at once where the storage can. */
export function countHit(
  storage: ThrottlerStorage,
  key: string,
  ttl: number,
  limit: number,
  throttlerName: string,
): ThrottlerVerdict | Promise<ThrottlerVerdict> {
  return knowsCost(storage) && storage.hit
    ? storage.hit(key, ttl, limit, 0, throttlerName, 1)
    : storage.increment(key, ttl, limit, 0, throttlerName);
}
