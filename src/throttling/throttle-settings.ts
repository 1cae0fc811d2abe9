import type { Callable } from '../nest/handler-metadata.js';
import type { ThrottlerSetting } from './throttler-problems.js';

/** Metadata keys of `@Throttle()` and `@SkipThrottle()`. The throttler package does not export them. */
export const SKIP = 'THROTTLER:SKIP';
export const LIMIT = 'THROTTLER:LIMIT';
export const TTL = 'THROTTLER:TTL';
export const BLOCK = 'THROTTLER:BLOCK_DURATION';
export const TRACKER = 'THROTTLER:TRACKER';
export const KEY_GENERATOR = 'THROTTLER:KEY_GENERATOR';

const KEYS = {
  skip: SKIP,
  limit: LIMIT,
  ttl: TTL,
  blockDuration: BLOCK,
  getTracker: TRACKER,
  generateKey: KEY_GENERATOR,
} as const;

/** Reads the decorators of a class or a handler, per throttler. */
export function throttleSettingsOf(target: Callable): ThrottlerSetting[] {
  const settings = new Map<string, ThrottlerSetting>();
  const keys = Reflect.getMetadataKeys(target) as unknown[];
  for (const key of keys) {
    for (const [part, prefix] of Object.entries(KEYS)) {
      if (typeof key !== 'string' || !key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      const setting = settings.get(name) ?? { name };
      settings.set(name, { ...setting, [part]: Reflect.getMetadata(key, target) as unknown });
    }
  }
  return [...settings.values()];
}
