import { NodeIdentity } from '../../src/nodes/node-identity.js';
import type { Broadcast, Position } from '../../src/nodes/broadcast-bus.js';
import { RedisBroadcastBus } from '../../src/redis/bus/redis-broadcast-bus.js';
import { RedisKeys } from '../../src/redis/keys.js';
import type { LinkEvent } from '../../src/redis/link/link-event.js';
import { linesTo } from '../../src/redis/link/ioredis-lines.js';
import { RedisLink } from '../../src/redis/link/redis-link.js';
import { parseRedisUrl } from '../../src/options/redis-url.js';
import { Membership } from '../../src/redis/nodes/membership.js';
import type { OutagePolicy } from '../../src/redis/outage-policy.js';
import { RedisNodeQuestions } from '../../src/redis/questions/redis-node-questions.js';
import { RedisResumeStore } from '../../src/redis/resume/redis-resume-store.js';
import { SessionShelf } from '../../src/redis/resume/session-shelf.js';
import { RedisClusterSignals } from '../../src/redis/signals/redis-cluster-signals.js';
import { Neighbours } from '../../src/redis/streams/neighbours.js';
import { NodeStreams } from '../../src/redis/streams/node-streams.js';
import type { StreamEvent } from '../../src/redis/streams/stream-event.js';
import { TimerWheel } from '../../src/time/timer-wheel.js';
import { JumpingClock } from './jumping-clock.js';
import { PREFIX } from './redis-link.js';
import type { RedisServer } from './redis-server.js';

const BEAT_MS = 1000;

/** A clock by which beats can be made at any time, or not at all. */
export class BeatClock extends JumpingClock {
  isHeld = false;
  private readonly beats = new Set<() => void>();

  override every(ms: number, tick: () => void): () => void {
    if (ms !== BEAT_MS) return super.every(ms, tick);
    this.beats.add(tick);
    const stop = super.every(ms, () => this.isHeld || tick());
    return () => {
      this.beats.delete(tick);
      stop();
    };
  }

  beat(): void {
    for (const tick of this.beats) tick();
  }
}

export interface RedisNodeOptions {
  outage?: OutagePolicy;
  timeoutMs?: number;
  streamBytes?: number;
  keepMs?: number;
  /** Where the line for reading goes, when it is not the same as that for calls. */
  readUrl?: string;
}

/** A node of this process: a link of its own, and everything that nodes tell each other. */
export class RedisNode {
  readonly id = new NodeIdentity().id;
  readonly clock = new BeatClock();
  readonly wheel = new TimerWheel(this.clock);
  readonly events: (LinkEvent | StreamEvent)[] = [];
  readonly faults: unknown[] = [];
  /** What the bus has handed over. */
  readonly heard: { readonly broadcast: Broadcast; readonly at: Position }[] = [];
  gaps = 0;
  readonly keys = new RedisKeys(PREFIX.replace(/1:$/, ''));
  readonly link: RedisLink;
  readonly membership: Membership;
  readonly streams: NodeStreams;
  readonly bus: RedisBroadcastBus;
  readonly neighbours: Neighbours;
  readonly signals: RedisClusterSignals;
  readonly questions: RedisNodeQuestions;
  readonly sessions: RedisResumeStore;

  private constructor(
    lines: Awaited<ReturnType<typeof linesTo>>,
    reads: Awaited<ReturnType<typeof linesTo>>,
    options: RedisNodeOptions,
  ) {
    const { outage = 'local', timeoutMs = 250, streamBytes = 2 ** 26, keepMs = 30_000 } = options;
    const { clock, wheel, keys, id } = this;
    const deadlineMs = 4 * timeoutMs;
    const onFault = (error: unknown): unknown => this.faults.push(error);
    this.link = new RedisLink(lines, { prefix: PREFIX, timeoutMs, node: id }, clock, wheel);
    const rules = { prefix: PREFIX, rules: 'rules', nodeTtlMs: 10_000, staleMs: 2000, deadlineMs };
    this.membership = new Membership(this.link, rules, clock, wheel);
    this.membership.onFault(onFault);
    this.streams = new NodeStreams(this.link, reads, this.membership, clock, wheel, {
      keys,
      keepMs,
      streamBytes,
      deadlineMs,
    });
    this.streams.onFault(onFault);
    this.bus = new RedisBroadcastBus(this.link, this.streams, clock, {
      outage,
      deadlineMs,
    });
    const { control } = this.streams;
    this.neighbours = new Neighbours(id, control, this.membership);
    this.signals = new RedisClusterSignals(this.link, control, this.neighbours, clock, wheel, onFault);
    this.questions = new RedisNodeQuestions(this.link, control, this.neighbours, clock, wheel, onFault);
    const shelf = new SessionShelf(this.link, keys, deadlineMs);
    this.sessions = new RedisResumeStore(id, control, this.neighbours, shelf, wheel, onFault);
    this.link.onEvent((event) => this.events.push(event));
    this.streams.onEvent((event) => this.events.push(event));
  }

  /** A node that has not been started. */
  static async made(url: string, options: RedisNodeOptions = {}): Promise<RedisNode> {
    const linesOf = (to: string): ReturnType<typeof linesTo> => linesTo(parseRedisUrl(to), {}, 1000);
    return new RedisNode(await linesOf(url), await linesOf(options.readUrl ?? url), options);
  }

  static async start(url: string, options: RedisNodeOptions = {}): Promise<RedisNode> {
    const node = await RedisNode.made(url, options);
    node.link.start();
    await until(() => node.link.partitions.every((partition) => node.link.isUp(partition)));
    await node.membership.start();
    await node.streams.start();
    return node;
  }

  /** Nodes that know of each other. */
  static async startAll(count: number, url: string, options: RedisNodeOptions = {}): Promise<RedisNode[]> {
    const nodes = await Promise.all(Array.from({ length: count }, () => RedisNode.start(url, options)));
    for (const node of nodes) node.beat();
    await until(() => nodes.every(({ neighbours }) => neighbours.live().length === count - 1));
    return nodes;
  }

  get isUp(): boolean {
    return this.link.isUp(this.link.control);
  }

  get texts(): string[] {
    return this.heard.map(({ broadcast }) => broadcast.json);
  }

  told(type: (LinkEvent | StreamEvent)['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** Records what the bus hands over. */
  async listen(): Promise<void> {
    await this.bus.subscribe(
      (broadcast, at = '') => this.heard.push({ broadcast, at }),
      () => this.gaps++,
    );
  }

  beat(): void {
    this.clock.beat();
  }

  /** Pushes one to everybody. */
  push(json: string): Promise<void> {
    return this.bus.publish({ audience: { to: 'everyone' }, event: 'e', json });
  }

  stop(): void {
    this.bus.stop();
    this.streams.stop();
    void this.membership.stop();
    this.link.stop();
    this.wheel.onApplicationShutdown();
  }
}

/** Resolves when a condition holds. */
export async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`did not happen within ${withinMs} ms: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when nodes have read all pushes that are stored. */
export async function settled(redis: RedisServer, nodes: readonly RedisNode[]): Promise<void> {
  const reply = await redis.command('XREVRANGE', `${PREFIX}{c}:bus`, '+', '-', 'COUNT', 1);
  const last = (reply as [string, unknown][])[0]?.[0];
  if (last !== undefined) await until(() => nodes.every(({ streams }) => streams.bus.position === last));
}
