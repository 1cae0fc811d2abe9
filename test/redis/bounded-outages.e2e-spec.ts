import { pause } from '../support/busy-nodes.js';
import { eventually } from '../support/eventually.js';
import { LoadedNodes } from '../support/loaded-nodes.js';
import { FailingRedis, OUTAGES } from '../support/outages.js';
import { describeWithRedis } from '../support/redis-server.js';
import type { RetainedCounts } from '../support/retained-elements.js';

const ROUNDS = 2;
/** Between two rounds, in milliseconds: longer than most calls may take. */
const ROUND_MS = 450;
const MIB = 1024 * 1024;
/** Of the 12 MiB or so that nodes are asked to push and to count. */
const MOST_BYTES = 8 * MIB;
/** What both nodes remember of pushes that they have read. */
const RECENT_BYTES = 16 * MIB;
/** Of the thousands of things that they are asked for. */
const MOST_ELEMENTS = 1024;
const MOST_CALLS = 512;
/** Calls have 250 ms or a second, and a line without an answer is dropped soon after that. */
const MOST_UNANSWERED = 4 * MOST_CALLS;
/** To count all takes a while. */
const COUNT_EVERY_MS = 250;
/** What may be left: users whose tokens and windows are still known. */
const MOST_LEFT = 200;

describeWithRedis('two nodes with much to do, when Redis', () => {
  let redis: FailingRedis;
  let nodes: LoadedNodes;

  beforeAll(async () => {
    redis = await FailingRedis.start();
    nodes = await LoadedNodes.start(redis);
  });

  afterEach(() => nodes.end());

  afterAll(async () => {
    await nodes.close();
    await redis.stop();
  });

  it.each(OUTAGES)('R11 $name: keep little, make few calls, answer the others, and heal', async (outage) => {
    await eventually(() => nodes.expectWell());
    await eventually(() => nodes.begin());
    const before = await nodes.measure();
    await outage.begin(redis);
    await expectBystanders(outage.hangs ? nodes.count() : []);
    for (let round = 0; round < ROUNDS; round++) {
      nodes.load();
      await expectBystanders();
      await pause(ROUND_MS);
    }
    const most = before.bytes + MOST_BYTES + (outage.answers ? RECENT_BYTES : 0);
    const during = await nodes.measure(most - 1);
    await outage.end(redis);
    await eventually(() => nodes.expectWell());
    await nodes.end();
    expect(nodes.mostCalls).toBeLessThanOrEqual(MOST_CALLS);
    expect(nodes.mostUnanswered).toBeLessThanOrEqual(MOST_UNANSWERED);
    expect(during.bytes).toBeLessThan(most);
    expect(grown(before.counts, during.counts, MOST_ELEMENTS)).toEqual({});
    await eventually(
      async () => expect(grown(before.counts, nodes.counts(), MOST_LEFT)).toEqual({}),
      COUNT_EVERY_MS,
    );
  });

  /** Bystanders are answered, and before those who wait for Redis. */
  async function expectBystanders(waiting: readonly Promise<unknown>[] = []): Promise<void> {
    let answered = 0;
    for (const answer of waiting) void answer.then(() => answered++);
    for (const bystander of nodes.bystanders) expect((await bystander.request('free')).data).toBe('free');
    expect(answered).toBe(0);
    for (let n = 0; n < 10; n++) for (const bystander of nodes.bystanders) await bystander.request('free');
    await Promise.all(waiting);
  }
});

/** What there is more of, by more than so many. */
function grown(before: RetainedCounts, after: RetainedCounts, most: number): object {
  const all = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(all.filter(([, more]) => more > most));
}
