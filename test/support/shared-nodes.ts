import { RedisKeys } from '../../src/redis/keys.js';
import { Membership } from '../../src/redis/nodes/membership.js';
import { NodeStreams } from '../../src/redis/streams/node-streams.js';
import { RedisClusterSignals } from '../../src/redis/signals/redis-cluster-signals.js';
import { Neighbours } from '../../src/redis/streams/neighbours.js';
import { RedisBanStore } from '../../src/redis/tables/redis-ban-store.js';
import { RedisRevocationStore } from '../../src/redis/tables/redis-revocation-store.js';
import { RedisTables } from '../../src/redis/tables/redis-tables.js';
import { RightsTable } from '../../src/redis/tables/rights-table.js';
import { RedisTicketStore } from '../../src/redis/tickets/redis-ticket-store.js';
import { PREFIX, TestLink, type TestLinkOptions } from './redis-link.js';
import type { RedisServer } from './redis-server.js';
import { TcpRelay } from './tcp-relay.js';

const YEAR_MS = 31_536_000_000;
/** How long changed rights are remembered here, in milliseconds. */
export const RIGHTS_MS = 3_600_000;

export const KEYS = new RedisKeys('wss:');

/** A node with tables and tickets in Redis. */
export class SharedNode {
  readonly membership: Membership;
  readonly streams: NodeStreams;
  readonly tables: RedisTables;
  readonly revocations: RedisRevocationStore;
  readonly bans: RedisBanStore;
  readonly rights: RightsTable;
  readonly signals: RedisClusterSignals;
  readonly tickets: RedisTicketStore;
  readonly faults: unknown[] = [];
  /** How often this node found that Redis had lost its memory. */
  losses = 0;
  private settled = 0;

  private constructor(readonly test: TestLink) {
    const { link, lines, clock, wheel } = test;
    const settings = { keys: KEYS, deadlineMs: 1000 };
    const rules = { prefix: PREFIX, rules: 'rules', nodeTtlMs: 10_000, staleMs: 2000 };
    this.membership = new Membership(link, { ...settings, ...rules }, clock, wheel);
    const kept = { keepMs: 30_000, streamBytes: 67_108_864 };
    this.streams = new NodeStreams(link, lines, this.membership, clock, wheel, { ...settings, ...kept });
    const { control } = this.streams;
    const remembered = { ...settings, longestMs: YEAR_MS };
    this.tables = new RedisTables(link, this.membership, control, remembered, clock, wheel);
    this.revocations = new RedisRevocationStore(this.tables);
    this.bans = new RedisBanStore(this.tables, clock);
    this.rights = new RightsTable(this.tables, RIGHTS_MS);
    const onFault = (error: unknown): unknown => this.faults.push(error);
    const neighbours = new Neighbours(link.node, control, this.membership);
    this.signals = new RedisClusterSignals(link, control, neighbours, clock, wheel, onFault, this.rights);
    this.tickets = new RedisTicketStore(link, settings);
    for (const source of [this.membership, this.streams, this.tables]) source.onFault(onFault);
    this.membership.onEvent(({ type }) => {
      if (type === 'cluster.memory-lost') this.losses++;
    });
    control.on('settle', (_, { node }) => {
      if (node === link.node) this.settled++;
    });
  }

  /** Resolves when it is part of the others and knows the tables. */
  static async start(url: string, options?: TestLinkOptions): Promise<SharedNode> {
    const node = new SharedNode(await TestLink.start(url, options));
    await node.test.up();
    await node.begin();
    // The first read would wait for news.
    await node.settle();
    await node.current();
    return node;
  }

  /** As {@link start}, while Redis is away. */
  static async startAlone(url: string): Promise<SharedNode> {
    const node = new SharedNode(await TestLink.start(url));
    await node.begin();
    return node;
  }

  /** A node that reads the stream of changes, and has not loaded any table. */
  static async placed(url: string): Promise<SharedNode> {
    const node = new SharedNode(await TestLink.start(url));
    await node.test.up();
    await node.place();
    return node;
  }

  /** Resolves when revocations can be told. */
  current(): Promise<void> {
    return this.until(() => this.tables.isCurrent('revoked'));
  }

  /** Resolves when this node has read what others have written before. */
  async settle(): Promise<void> {
    const { settled } = this;
    await this.streams.control.append('settle', '');
    await this.until(() => this.settled > settled);
  }

  /** Resolves when the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async stop(): Promise<void> {
    this.streams.stop();
    await this.membership.stop();
    this.test.stop();
  }

  private async begin(): Promise<void> {
    await this.place();
    // While Redis is away it is loaded later.
    await this.tables.load().catch(() => undefined);
  }

  private async place(): Promise<void> {
    await this.membership.start();
    await this.streams.start();
  }
}

/** The nodes of a test. */
export class SharedNodes {
  readonly nodes: SharedNode[] = [];
  private readonly relays: TcpRelay[] = [];

  constructor(private readonly redis: RedisServer) {}

  async start(url = this.redis.url): Promise<SharedNode> {
    const node = await SharedNode.start(url);
    this.nodes.push(node);
    return node;
  }

  /** Two nodes, of which the second can be cut off. */
  async startTwo(): Promise<[SharedNode, SharedNode, TcpRelay]> {
    const relay = await this.relay();
    const [one, other] = await Promise.all([this.start(), this.start(`redis://127.0.0.1:${relay.port}`)]);
    return [one, other, relay];
  }

  /** A way to Redis that can be cut. */
  async relay(): Promise<TcpRelay> {
    const relay = await TcpRelay.start(this.redis.port);
    this.relays.push(relay);
    return relay;
  }

  async settled(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.settle()));
  }

  /** @returns mistakes that nodes told of */
  async stop(): Promise<unknown[]> {
    const faults = this.nodes.flatMap((node) => node.faults);
    await Promise.all(this.nodes.map((node) => node.stop()));
    await Promise.all(this.relays.map((relay) => relay.stop()));
    return faults;
  }
}

/** Ends the connections of a node, and refuses new ones. */
export function cutOff(relay: TcpRelay): void {
  relay.isRefusing = true;
  relay.cut();
}
