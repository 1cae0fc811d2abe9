import { describeBanStore } from '../../../test/contracts/ban-store.contract.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { MemoryBanStore } from './ban-store.js';

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

describeBanStore(
  'MemoryBanStore',
  () => new MemoryBanStore(clock),
  (ms) => clock.advance(ms),
);

it('forgets bans that are over when another comes', () => {
  const store = new MemoryBanStore(clock);
  for (let i = 0; i < 100; i++) store.ban(String(i), 1000);
  clock.advance(1000);
  store.ban('new', 1000);
  expect(store.size).toBe(1);
});
