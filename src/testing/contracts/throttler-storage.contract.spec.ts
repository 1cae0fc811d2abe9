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

/** The first case that fails; those after it need not run. */
async function failureOf(cases: readonly ContractCase[]): Promise<string | undefined> {
  for (const { name, run } of cases) {
    const failed = await run().then(
      () => false,
      () => true,
    );
    if (failed) return name;
  }
  return undefined;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'lets one too many through':
    (hit) =>
    (key, ttl, limit, ...rest) =>
      hit(key, ttl, limit + 1, ...rest),
  'holds back 6 %':
    (hit) =>
    (key, ttl, limit, ...rest) =>
      hit(key, ttl, Math.floor(limit * 0.94), ...rest),
  'has windows 6 % too long':
    (hit) =>
    (key, ttl, ...rest) =>
      hit(key, ttl * 1.06, ...rest),
  'has windows 6 % too short':
    (hit) =>
    (key, ttl, ...rest) =>
      hit(key, ttl * 0.94, ...rest),
  'has a window for each limit':
    (hit) =>
    (key, ttl, limit, ...rest) =>
      hit(key + limit, ttl, limit, ...rest),
  'mixes keys':
    (hit) =>
    (_key, ...rest) =>
      hit('key', ...rest),
  'mixes throttlers': (hit) => (key, ttl, limit, block, _name, cost) => hit(key, ttl, limit, block, '', cost),
  'blocks nobody': (hit) => (key, ttl, limit, _block, name, cost) => hit(key, ttl, limit, 0, name, cost),
  'counts a part of a cost': (hit) => (key, ttl, limit, block, name, cost) => {
    let verdict = hit(key, ttl, limit, block, name, 1);
    for (let i = 1; i < cost && !verdict.isBlocked; i++) verdict = hit(key, ttl, limit, block, name, 1);
    return verdict;
  },
  'knows no cost': (hit) => (key, ttl, limit, block, name) => hit(key, ttl, limit, block, name, 1),
  'counts refused hits': (hit) => (key, ttl, limit, block, name, cost) => {
    const verdict = hit(key, ttl, limit, block, name, cost);
    if (verdict.isBlocked) hit(key, ttl, Infinity, 0, name, cost);
    return verdict;
  },
  'names too short a wait':
    (hit) =>
    (...args) => {
      const verdict = hit(...args);
      return verdict.isBlocked ? { ...verdict, retryAfterMs: 1, timeToBlockExpire: 1 } : verdict;
    },
};

const RIGHT: Fault = (hit) => hit;

describe('the contracts of throttler storages', () => {
  it('R2 are kept by a right storage', async () => {
    expect(await failureOf(throttlerStorageContract(subjectOf(RIGHT)))).toBeUndefined();
    expect(await failureOf(leasedThrottlerStorageContract(subjectOf(RIGHT)))).toBeUndefined();
  });

  async function expectFound(subject: CreateSubject<WsThrottlerStorage>): Promise<void> {
    expect(await failureOf(throttlerStorageContract(subject, { runs: 20 }))).toBeDefined();
    expect(await failureOf(leasedThrottlerStorageContract(subject, { runs: 20 }))).toBeDefined();
  }

  it.each(Object.keys(FAULTS))('R2 find a storage that %s', (what) =>
    expectFound(subjectOf(FAULTS[what] as Fault)),
  );

  it('R2 find a storage that counts on each node', () => expectFound(subjectOf(RIGHT, 2)));
});
