import { runContract } from '../../../test/support/run-contract.js';
import { ANONYMOUS, type Principal } from '../../connection/principal.js';
import { ticketStoreContract } from '../../testing/contracts/ticket-store.contract.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { MemoryTicketStore } from './ticket-store.js';

const somebody = (n: number): Principal => ({ ...ANONYMOUS, id: `user ${n}`, kind: 'token' });

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

runContract(
  'MemoryTicketStore',
  ticketStoreContract(() => ({
    nodes: [new MemoryTicketStore(clock)],
    pass: (ms) => clock.advance(ms),
  })),
);

it('drops expired tickets when a new one comes', () => {
  const store = new MemoryTicketStore(clock);
  for (let i = 0; i < 100; i++) store.put(String(i), somebody(i), 1000, 10);
  clock.advance(1000);
  store.put('new', somebody(0), 1000, 10);
  expect(store.size).toBe(1);
});

it('never holds more than a hundred thousand', () => {
  const store = new MemoryTicketStore(clock);
  for (let i = 0; i < 100_010; i++) store.put(String(i), somebody(i), 1000, 10);
  expect(store.size).toBe(100_000);
  expect(store.take('9')).toBeUndefined();
  expect(store.take('10')).toEqual(somebody(10));
});

it('knows a used ticket as long as it would have been valid, and remembers a bounded number', () => {
  const store = new MemoryTicketStore(clock);
  store.put('one', somebody(1), 1000, 10);
  expect([store.take('one'), store.take('one')]).toEqual([somebody(1), null]);
  clock.advance(1000);
  expect(store.take('one')).toBeUndefined();
  for (let i = 0; i < 10_010; i++) {
    store.put(String(i), somebody(i), 1000, 10);
    store.take(String(i));
  }
  expect([store.take('0'), store.take('10009')]).toEqual([undefined, null]);
});
