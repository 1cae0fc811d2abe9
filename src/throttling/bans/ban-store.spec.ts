import { runContract } from '../../../test/support/run-contract.js';
import { banStoreContract } from '../../testing/contracts/ban-store.contract.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

runContract(
  'MemoryBanStore',
  banStoreContract(() => {
    const clock = new ManualClock();
    return { nodes: [new MemoryBanStore(clock)], pass: (ms) => clock.advance(ms) };
  }),
);

it('forgets bans that are over when another comes', () => {
  const clock = new ManualClock();
  const store = new MemoryBanStore(clock);
  for (let i = 0; i < 100; i++) store.ban(String(i), 1000);
  clock.advance(1000);
  store.ban('new', 1000);
  expect(store.size).toBe(1);
});

it('a store that was written before there was more to it says what it cannot do', () => {
  class OlderStore extends BanStore {
    ban(): void {}

    remaining(): number {
      return 0;
    }
  }
  const store = new OlderStore();
  expect(() => store.watch(fail, fail)).not.toThrow();
  expect(() => store.list()).toThrow('OlderStore does not implement list()');
  expect(() => store.lift('key')).toThrow('OlderStore does not implement lift()');
});

function fail(): void {
  throw new Error('nothing is told');
}
