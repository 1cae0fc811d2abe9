import { describeRevocationStore } from '../../test/contracts/revocation-store.contract.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { MemoryRevocationStore } from './revocation-store.js';

let clock: ManualClock;

describeRevocationStore(
  'MemoryRevocationStore',
  () => new MemoryRevocationStore((clock = new ManualClock())),
  () => clock.advance(60_000),
);

it('S2 a hundred thousand revocations are forgotten when nobody needs them, and not before', () => {
  clock = new ManualClock();
  const store = new MemoryRevocationStore(clock);
  const end = clock.now() + 3_600_000;
  store.revoke('user:alice', 1000);
  for (let i = 0; i < 100_000; i++) store.revoke(`token:${i}`, Infinity, end);
  clock.advance(3_599_999);
  store.revoke('token:next', Infinity, end + 1);
  expect(store.size).toBe(100_002);
  expect(store.revokedBefore(['token:0'])).toBe(Infinity);
  clock.advance(60_000);
  store.revoke('token:last', Infinity, end);
  expect(store.size).toBe(2);
  expect(store.revokedBefore(['user:alice'])).toBe(1000);
});
