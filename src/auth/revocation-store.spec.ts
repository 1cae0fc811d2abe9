import { runContract } from '../../test/support/run-contract.js';
import { ManualClock } from '../testing/manual-clock.js';
import { revocationStoreContract } from '../testing/contracts/revocation-store.contract.js';
import { MemoryRevocationStore, RevocationStore } from './revocation-store.js';

let clock: ManualClock;

/** A minute is what it takes to look for revocations that can be forgotten. */
runContract(
  'MemoryRevocationStore',
  revocationStoreContract(() => {
    const own = new ManualClock();
    return {
      nodes: [new MemoryRevocationStore(own)],
      pass: (ms) => own.advance(Math.max(ms, 60_000)),
    };
  }),
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

it('lists nothing that need not be remembered', () => {
  clock = new ManualClock();
  const store = new MemoryRevocationStore(clock);
  store.revoke('token:1', Infinity, clock.now() + 1000);
  store.revoke('token:2', Infinity, clock.now() + 1001);
  clock.advance(1000);
  expect(store.list().map(({ key }) => key)).toEqual(['token:2']);
});

describe('a store that was written before there was more to it', () => {
  class OlderStore extends RevocationStore {
    revoke(): void {}

    revokedBefore(): undefined {}
  }

  it('tells nothing, and says what it cannot do', () => {
    const store = new OlderStore();
    const heard: unknown[] = [];
    const hear = (key: string): void => void heard.push(key);
    store.watch(hear, hear);
    store.revoke();
    expect(heard).toEqual([]);
    expect(() => store.list()).toThrow('OlderStore does not implement list()');
    expect(() => store.lift('key')).toThrow('OlderStore does not implement lift()');
  });
});
