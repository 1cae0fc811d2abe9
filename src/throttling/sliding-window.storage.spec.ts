import { ManualClock } from '../../test/support/manual-clock.js';
import { runContract } from '../../test/support/run-contract.js';
import type { ContractSubject } from '../testing/contracts/contract-case.js';
import { leasedThrottlerStorageContract } from '../testing/contracts/leased-throttler-storage.contract.js';
import { throttlerStorageContract } from '../testing/contracts/throttler-storage.contract.js';
import { SlidingWindowStorage } from './sliding-window.storage.js';

function create(): ContractSubject<SlidingWindowStorage> {
  const clock = new ManualClock();
  const storage = new SlidingWindowStorage(clock);
  return {
    nodes: [storage],
    pass: (ms) => clock.advance(ms),
    close: () => storage.onApplicationShutdown(),
  };
}

runContract('SlidingWindowStorage as a ThrottlerStorage', throttlerStorageContract(create));
runContract('SlidingWindowStorage where one is lent', leasedThrottlerStorageContract(create));

describe('SlidingWindowStorage', () => {
  it('forgets keys that no longer count and stops its timer at the end', async () => {
    const clock = new ManualClock();
    const storage = new SlidingWindowStorage(clock);
    for (let i = 0; i < 100; i++) await storage.increment(`key-${i}`, 5000, 10, 0, 'default');
    await storage.increment('blocked', 1000, 1, 60_000, 'default');
    await storage.increment('blocked', 1000, 1, 60_000, 'default');
    expect(storage.size).toBe(101);
    clock.advance(20_000);
    expect(storage.size).toBe(1);
    clock.advance(60_000);
    expect(storage.size).toBe(0);
    storage.onApplicationShutdown();
    expect(clock.running).toBe(0);
  });

  it('R2 a key has one window a throttler, and memory for one', async () => {
    const storage = new SlidingWindowStorage(new ManualClock());
    const hit = (limit: number, name: string) => storage.increment('key', 1000, limit, 0, name);
    expect((await hit(1, 'short')).isBlocked).toBe(false);
    expect((await hit(1, 'long')).isBlocked).toBe(false);
    for (let limit = 2; limit < 50; limit++) expect((await hit(limit, 'short')).isBlocked).toBe(false);
    expect(await hit(10, 'short')).toMatchObject({ isBlocked: true, totalHits: 11 });
    expect(storage.size).toBe(2);
    storage.onApplicationShutdown();
  });
});
