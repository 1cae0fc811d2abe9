import assert from 'node:assert/strict';
import type { Broadcast, BroadcastBus, Position } from '../../nodes/broadcast-bus.js';
import { type Bench, casesOf, type ContractCase, type CreateSubject } from './contract-case.js';

interface Heard {
  readonly broadcast: Broadcast;
  readonly at: Position;
}

/** One broadcast of each kind, with text that can break separators and encodings. */
const BROADCASTS: readonly Broadcast[] = [
  { audience: { to: 'everyone' }, event: 'a', json: '{"n":1}' },
  { audience: { to: 'user', id: 'alice', issuer: null }, event: 'b', json: 'null' },
  { audience: { to: 'user', id: 'alice', issuer: 'https://issuer.example' }, event: 'b', json: '"\\t\\n"' },
  { audience: { to: 'user', id: 'alice' }, event: 'b', json: '"\\u2028 語 🙂"' },
  { audience: { to: 'room', room: 'a:b c\t\n語' }, event: 'c\td', json: '[]' },
];

/** The contract of every `BroadcastBus`. A bus without positions passes the cases that need them. @publicApi */
export function broadcastBusContract(create: CreateSubject<BroadcastBus>): ContractCase[] {
  return casesOf(create, {
    'delivers broadcasts to all nodes, unchanged and in order': async (bench) => {
      const nodes = await listen(bench);
      for (const broadcast of BROADCASTS) await bench.store.publish(broadcast);
      await bench.settle();
      for (const heard of nodes) assert.deepEqual(broadcastsOf(heard), BROADCASTS);
    },

    'keeps the order of broadcasts that a node publishes without waiting': async (bench) => {
      const nodes = await listen(bench);
      await publishAll(bench.store, numbered('a', 100));
      await bench.settle();
      for (const heard of nodes) assert.deepEqual(broadcastsOf(heard), numbered('a', 100));
    },

    'all nodes receive the same order, whichever node publishes': async (bench) => {
      const [here, there] = await listen(bench);
      await Promise.all([
        publishAll(bench.store, numbered('a', 50)),
        publishAll(bench.other, numbered('b', 50)),
      ]);
      await bench.settle();
      assert.equal(here.length, 100);
      assert.deepEqual(there, here);
      for (const event of ['a', 'b']) {
        const own = broadcastsOf(here).filter((broadcast) => broadcast.event === event);
        assert.deepEqual(own, numbered(event, 50));
      }
    },

    'positions grow, and the bus is at the position of the last delivery': async (bench) => {
      const [here, there] = await listen(bench);
      const start = bench.store.position;
      await publishAll(bench.store, numbered('a', 20));
      await bench.settle();
      const { position } = bench.store;
      if (position === '') {
        assert.deepEqual(
          [start, ...positionsOf(here)],
          Array.from({ length: 21 }, () => ''),
        );
        return;
      }
      assert.notEqual(start, '');
      const positions = [start, ...positionsOf(here)];
      assert.deepEqual(positions, [...new Set(positions)].toSorted());
      assert.equal(position, here.at(-1)?.at);
      assert.equal(bench.other.position, position);
      assert.deepEqual(positionsOf(there), positionsOf(here));
    },

    'during a delivery, the bus is at the position of the broadcast': async (bench) => {
      const seen: [Position, Position][] = [];
      const see = (_broadcast: Broadcast, at: Position = ''): unknown =>
        seen.push([at, bench.store.position]);
      await bench.store.subscribe(see, noGap);
      await publishAll(bench.store, numbered('a', 3));
      await bench.settle();
      assert.deepEqual(
        seen.map(([at]) => at),
        seen.map(([, position]) => position),
      );
    },

    'returns exactly the broadcasts between two positions, on any node': async (bench) => {
      const [here] = await listen(bench);
      const start = bench.store.position;
      await publishAll(bench.store, numbered('a', 10));
      await publishAll(bench.other, BROADCASTS);
      await bench.settle();
      if (bench.store.position === '') return;
      const positions = [start, ...positionsOf(here)];
      for (const [from, to] of [
        [0, 15],
        [0, 0],
        [3, 4],
        [5, 12],
        [15, 15],
      ] as const) {
        for (const bus of [bench.store, bench.other]) {
          const told = await bus.between(positions[from] as Position, positions[to] as Position);
          assert.deepEqual(told && [...told], broadcastsOf(here).slice(from, to));
        }
      }
    },

    'returns no broadcasts between a position and itself': async ({ store }) => {
      await store.subscribe(() => undefined, noGap);
      const told = await store.between(store.position, store.position);
      assert.deepEqual(told && [...told], []);
    },

    'returns undefined for unknown positions': async (bench) => {
      await listen(bench);
      await publishAll(bench.store, numbered('a', 3));
      await bench.settle();
      for (const position of ['no position', '!'])
        assert.equal(await bench.store.between(position, bench.store.position), undefined);
    },
  });
}

/** The broadcasts that the two nodes receive. With a single node, both lists are the same. */
async function listen({ store, other }: Bench<BroadcastBus>): Promise<readonly [Heard[], Heard[]]> {
  const here = await record(store);
  return [here, store === other ? here : await record(other)];
}

async function record(bus: BroadcastBus): Promise<Heard[]> {
  const heard: Heard[] = [];
  await bus.subscribe((broadcast, at = '') => heard.push({ broadcast, at }), noGap);
  return heard;
}

async function publishAll(bus: BroadcastBus, broadcasts: readonly Broadcast[]): Promise<void> {
  await Promise.all(broadcasts.map(async (broadcast) => bus.publish(broadcast)));
}

function numbered(event: string, count: number): Broadcast[] {
  return Array.from({ length: count }, (_, n) => ({ audience: { to: 'everyone' }, event, json: String(n) }));
}

function broadcastsOf(heard: readonly Heard[]): Broadcast[] {
  return heard.map(({ broadcast }) => broadcast);
}

function positionsOf(heard: readonly Heard[]): Position[] {
  return heard.map(({ at }) => at);
}

function noGap(): void {
  assert.fail('the bus reported a gap without a loss');
}
