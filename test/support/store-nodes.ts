import { Counters } from '../../src/counters/counters.js';
import { Faults } from '../../src/faults/faults.js';
import { NodeIdentity } from '../../src/nodes/node-identity.js';
import { parseRedisUrl } from '../../src/options/redis-url.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { ClusterNode } from '../../src/redis/cluster-node.js';
import { linesTo } from '../../src/redis/link/ioredis-lines.js';
import { SharedStores } from '../../src/redis/shared-stores.js';
import { TAIL } from '../../src/redis/streams/stream.scripts.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { TimerWheel } from '../../src/time/timer-wheel.js';
import type { JointTime } from './jumping-clock.js';
import { idle } from './redis-link.js';
import { BeatClock, until } from './redis-node.js';
import { SECRET } from './tokens.js';

/** A busy machine is not an outage. */
const TIMEOUT_MS = 10_000;

/** What keeps the mistakes of a node. */
class KeptFaults extends Faults {
  readonly kept: unknown[] = [];

  override report(_what: string, error: unknown): boolean {
    this.kept.push(error);
    return true;
  }
}

/** Where stores are, with the time there. */
export interface StorePlace {
  readonly url: string;
  readonly time: JointTime;
}

/** A node with all stores, as an application has it. */
export class StoreNode {
  readonly stores: SharedStores;
  private settled = 0;

  private constructor(
    readonly node: ClusterNode,
    readonly clock: BeatClock,
    private readonly wheel: TimerWheel,
    readonly faults: KeptFaults,
  ) {
    this.stores = new SharedStores(node);
    node.streams.control.on('settle', (_, entry) => {
      if (entry.node === this.id) this.settled++;
    });
  }

  static async start({ url, time }: StorePlace, redisPrefix: string): Promise<StoreNode> {
    const clock = time.keep(new BeatClock());
    const wheel = new TimerWheel(clock);
    const faults = new KeptFaults(wheel);
    const given = { jwtSecret: SECRET, redisUrl: url, redisPrefix, redisTimeoutMs: TIMEOUT_MS };
    const parts = { clock, wheel, faults, options: resolveOptions(given, {}), node: new NodeIdentity() };
    const lines = await linesTo(parseRedisUrl(url), {}, 4 * TIMEOUT_MS);
    const node = new ClusterNode(lines, { ...parts, counters: new Counters(wheel), tell: () => undefined });
    const own = new StoreNode(node, clock, wheel, faults);
    await node.start();
    await until(() => node.isUp);
    await own.stores.load();
    return own;
  }

  get id(): string {
    return this.node.parts.node.id;
  }

  /** Whether all of so many nodes live, as far as this one knows. */
  knows(count: number): boolean {
    const { link, membership } = this.node;
    return link.partitions.every((partition) => membership.liveNodes(partition).length === count);
  }

  /** Resolves when this node has read what others have written before. */
  async settle(): Promise<void> {
    const { settled, node } = this;
    const { link, streams, keys } = node;
    await streams.control.append('settle', '');
    await until(() => this.settled > settled);
    const names = [keys.sent(link.control), keys.bus(link.control)];
    const [, last] = (await link.run(TAIL, link.control, names, ['bus'])) as [number, string];
    if (last !== '') await until(() => streams.bus.position === last);
  }

  async stop(): Promise<void> {
    this.stores.stop();
    await this.node.stop();
    this.wheel.onApplicationShutdown();
  }
}

let subjects = 0;

/** Two nodes for a case of a contract, with keys of their own. */
export async function storeSubject<Store>(
  place: StorePlace,
  storeOf: (node: StoreNode) => Store,
  toleranceMs: number,
): Promise<ContractSubject<Store>> {
  const prefix = `wss:${++subjects}:`;
  const nodes = await Promise.all([StoreNode.start(place, prefix), StoreNode.start(place, prefix)]);
  for (const { clock } of nodes) clock.beat();
  // A beat that is under way is not made again: the next one knows both.
  await until(() => nodes.every((node) => node.knows(2)));
  return {
    nodes: nodes.map(storeOf) as [Store, ...Store[]],
    pass: async (ms) => {
      await idle(...nodes.map(({ node }) => node.link));
      place.time.pass(ms);
    },
    now: () => nodes[0].clock.monotonic(),
    toleranceMs,
    settle: async () => void (await Promise.all(nodes.map((node) => node.settle()))),
    close: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
      expect(nodes.flatMap(({ faults }) => faults.kept)).toEqual([]);
    },
  };
}
