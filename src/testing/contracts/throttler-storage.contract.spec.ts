import { ManualClock } from '../../../test/support/manual-clock.js';
import { SlidingWindowStorage } from '../../throttling/sliding-window.storage.js';
import type { ThrottlerVerdict } from '../../throttling/throttler-verdict.interface.js';
import type { WsThrottlerStorage } from '../../throttling/ws-throttler-storage.interface.js';
import type { ContractCase, ContractSubject, CreateSubject } from './contract-case.js';
import { leasedThrottlerStorageContract } from './leased-throttler-storage.contract.js';
import { throttlerStorageContract } from './throttler-storage.contract.js';

type Hit = (...args: Parameters<SlidingWindowStorage['hit']>) => ReturnType<SlidingWindowStorage['hit']>;
/** Makes a wrong storage of a right one. */
type Fault = (hit: Hit) => Hit;

/** @param nodes how many there are, each with windows of its own where there are more */
function subjectOf(fault: Fault, nodes = 1): CreateSubject<WsThrottlerStorage> {
  return (): ContractSubject<WsThrottlerStorage> => {
    const clock = new ManualClock();
    const made = Array.from({ length: nodes }, (): WsThrottlerStorage => {
      const right = new SlidingWindowStorage(clock);
      const hit = fault((...args) => right.hit(...args));
      return {
        knowsCost: true,
        hit,
        increment: (key, ttl, limit, block, name, cost = 1): Promise<ThrottlerVerdict> =>
          Promise.resolve(hit(key, ttl, limit, block, name, cost)),
      };
    });
    return { nodes: made as [WsThrottlerStorage], pass: (ms) => clock.advance(ms) };
  };
}

async function failuresOf(cases: readonly ContractCase[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  return failed;
}

const FAULTS: readonly [what: string, fault: Fault, nodes?: number][] = [
  [
    'lets one too many through',
    (hit) =>
      (key, ttl, limit, ...rest) =>
        hit(key, ttl, limit + 1, ...rest),
  ],
  [
    'holds back 6 %',
    (hit) =>
      (key, ttl, limit, ...rest) =>
        hit(key, ttl, Math.floor(limit * 0.94), ...rest),
  ],
  [
    'has windows 6 % too long',
    (hit) =>
      (key, ttl, ...rest) =>
        hit(key, ttl * 1.06, ...rest),
  ],
  [
    'has windows 6 % too short',
    (hit) =>
      (key, ttl, ...rest) =>
        hit(key, ttl * 0.94, ...rest),
  ],
  ['counts on each node', (hit) => hit, 2],
  [
    'has a window for each limit',
    (hit) =>
      (key, ttl, limit, ...rest) =>
        hit(key + limit, ttl, limit, ...rest),
  ],
  [
    'mixes keys',
    (hit) =>
      (_key, ...rest) =>
        hit('key', ...rest),
  ],
  [
    'mixes throttlers',
    (hit) => (key, ttl, limit, block, _name, cost) => hit(key, ttl, limit, block, 'default', cost),
  ],
  ['blocks nobody', (hit) => (key, ttl, limit, _block, name, cost) => hit(key, ttl, limit, 0, name, cost)],
  [
    'counts a part of a cost',
    (hit) => (key, ttl, limit, block, name, cost) => {
      let verdict = hit(key, ttl, limit, block, name, 1);
      for (let i = 1; i < cost && !verdict.isBlocked; i++) verdict = hit(key, ttl, limit, block, name, 1);
      return verdict;
    },
  ],
  ['knows no cost', (hit) => (key, ttl, limit, block, name) => hit(key, ttl, limit, block, name, 1)],
  [
    'counts refused hits',
    (hit) => (key, ttl, limit, block, name, cost) => {
      const verdict = hit(key, ttl, limit, block, name, cost);
      if (verdict.isBlocked) hit(key, ttl, Infinity, 0, name, cost);
      return verdict;
    },
  ],
  [
    'names too short a wait',
    (hit) =>
      (...args) => {
        const verdict = hit(...args);
        return verdict.isBlocked ? { ...verdict, retryAfterMs: 1, timeToBlockExpire: 1 } : verdict;
      },
  ],
];

const RIGHT: Fault = (hit) => hit;

describe('the contracts of throttler storages', () => {
  it('R2 are kept by a right storage', async () => {
    expect(await failuresOf(throttlerStorageContract(subjectOf(RIGHT)))).toEqual([]);
    expect(await failuresOf(leasedThrottlerStorageContract(subjectOf(RIGHT)))).toEqual([]);
  });

  it.each(FAULTS)('R2 find a storage that %s', async (_what, fault, nodes) => {
    const subject = subjectOf(fault, nodes);
    expect(await failuresOf(throttlerStorageContract(subject, { runs: 20 }))).not.toEqual([]);
    expect(await failuresOf(leasedThrottlerStorageContract(subject, { runs: 20 }))).not.toEqual([]);
  });
});
