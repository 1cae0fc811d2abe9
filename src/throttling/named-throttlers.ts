import { kindOf } from '../options/kind-of.js';
import { suggestion } from '../options/nearest-name.js';
import { throttlerProblems, type ThrottlerSetting } from './throttler-problems.js';

const KNOWN = ['name', 'limit', 'ttl', 'blockDuration', 'skipIf', 'getTracker', 'generateKey'];

/** The problems of `forRoot({ throttlers })`, which may have any value. */
export function namedThrottlerProblems(throttlers: unknown): string[] {
  if (!Array.isArray(throttlers)) return [`must have a list as throttlers, not ${kindOf(throttlers)}`];
  const taken = new Set(['default']);
  return (throttlers as unknown[]).flatMap((throttler) => {
    if (typeof throttler !== 'object' || throttler === null)
      return [`must have objects { name, limit, ttl } as throttlers, not ${kindOf(throttler)}`];
    const { name } = throttler as ThrottlerSetting;
    if (typeof name !== 'string' || name === '')
      return ['must have a throttler with a name, under which @Throttle() finds it'];
    const isTaken = taken.has(name);
    taken.add(name);
    return [...(isTaken ? [takenText(name)] : []), ...settingProblems(throttler as ThrottlerSetting)];
  });
}

function takenText(name: string): string {
  return name === 'default'
    ? 'must not name a throttler "default", which is there already; its limit is WS_RATE_LIMIT in WS_RATE_TTL_MS'
    : `must not name two throttlers "${name}", which would share one budget; give each a name of its own`;
}

function settingProblems(throttler: ThrottlerSetting): string[] {
  const missing = (['limit', 'ttl'] as const)
    .filter((part) => throttler[part] === undefined)
    .map((part) => `must have a ${part} of throttler "${throttler.name}"`);
  const unknown = Object.keys(throttler)
    .filter((key) => !KNOWN.includes(key))
    .map(
      (key) => `has ${key} in throttler "${throttler.name}", which has no effect; ${suggestion(key, KNOWN)}`,
    );
  return [...missing, ...unknown, ...throttlerProblems(throttler)];
}
