import type { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { within } from '../../time/deadline.js';
import { Listeners } from '../link/listeners.js';
import type { OutageReason } from '../link/outage-reason.js';
import type { Partition, RedisUnavailableError } from '../link/redis-port.js';
import type { RedisLink } from '../link/redis-link.js';
import type { BeatReply, LiveNode } from './beat-reply.js';
import { Currency } from './currency.js';
import { type Finding, Member, type MemberListener } from './member.js';
import type { MembershipEvent } from './membership-event.js';
import { otherRulesError } from './rules.js';

const BEAT_MS = 1000;
/** How long the start waits for an answer of Redis before it goes on without. */
const START_MS = 3000;

export interface MembershipSettings {
  /** What every key begins with. */
  readonly prefix: string;
  /** What nodes must agree in: `rulesText`. */
  readonly rules: string;
  /** `WS_REDIS_NODE_TTL_MS`: a node that is silent for longer is dead. */
  readonly nodeTtlMs: number;
  /** `WS_REDIS_STALE_MS` */
  readonly staleMs: number;
  /** Deadline of a beat, in milliseconds. */
  readonly deadlineMs: number;
}

type Assertion = (partition: Partition, finding: Finding) => MaybePromise<void>;

/** This node among others: a beat a second on each partition, and what Redis has to be told again. */
export class Membership implements MemberListener {
  private readonly members: ReadonlyMap<Partition, Member>;
  private readonly currency: Currency;
  private readonly assertions: Assertion[] = [];
  private readonly replies = new Listeners<[Partition, BeatReply, number]>();
  private readonly news = new Listeners<[]>();
  private readonly findings = new Listeners<[Partition, Finding]>();
  private readonly doubts = new Listeners<[Partition]>();
  private readonly events = new Listeners<[MembershipEvent]>();
  private readonly errors = new Listeners<[unknown]>();
  /** Partitions where nodes with other rules live. */
  private readonly strange = new Set<Partition>();
  /** Partitions that answer, but take nothing. */
  private readonly unwritable = new Map<Partition, OutageReason>();
  private firstReply: ((reply: BeatReply) => void) | undefined;
  private isStarted = false;
  private stopBeats: (() => void) | undefined;

  constructor(
    private readonly link: RedisLink,
    private readonly settings: MembershipSettings,
    private readonly clock: Clock,
    wheel: TimerWheel,
  ) {
    const memberOf = (partition: Partition): Member =>
      new Member(partition, link, settings, clock, wheel, this);
    this.members = new Map(link.partitions.map((partition) => [partition, memberOf(partition)]));
    this.currency = new Currency(clock, settings.staleMs);
    link.onFailover((partition) => this.of(partition).failedOver());
    link.onUp((partition) => {
      this.unwritable.delete(partition);
      void this.of(partition).beat();
    });
  }

  /** Whether no node with other rules lives beside this one. */
  get isReady(): boolean {
    return this.strange.size === 0;
  }

  /** Whether Redis takes what is written, as far as it answers. */
  get isWritable(): boolean {
    return this.unwritable.size === 0;
  }

  /**
   * Begins to beat. Resolves with the first answer of Redis, or when it is known to be away.
   *
   * @throws WsConfigurationError when nodes with other rules live
   */
  async start(): Promise<void> {
    const first = new Promise<BeatReply | undefined>((resolve) => {
      this.firstReply = resolve;
      this.link.onEvent(({ type }) => type === 'cluster.down' && resolve(undefined));
    });
    this.stopBeats = this.clock.every(BEAT_MS, () => this.beat());
    this.beat();
    // In real time: the clock of a test may stand still.
    const reply = await within(START_MS, first).catch(() => undefined);
    this.isStarted = true;
    if (reply?.outcome !== 'rules') return;
    this.stopBeats();
    const { rules, nodeTtlMs } = this.settings;
    const live = reply.nodes.filter(({ beat }) => beat >= reply.now - nodeTtlMs);
    throw otherRulesError(
      rules,
      live.map((node) => node.rules),
    );
  }

  /** Takes this node out of the nodes that live, as far as Redis can be reached. */
  async stop(): Promise<void> {
    this.stopBeats?.();
    await Promise.allSettled(Array.from(this.members.values(), (member) => member.leave()));
  }

  /** Nodes that live, with their last beats, this one included. */
  liveNodes(partition: Partition = this.link.control): readonly LiveNode[] {
    return this.of(partition).nodes;
  }

  /**
   * Asks Redis which nodes live, this one included: one that has just started has not been seen by a beat yet.
   *
   * @throws RedisUnavailableError
   */
  findNodes(): Promise<readonly LiveNode[]> {
    return this.of(this.link.control).find();
  }

  /** Whether what this node knows of revocations, bans and rights may be believed. */
  isCurrent(): boolean {
    return this.currency.isCurrent();
  }

  /** A read of the stream of changes was answered. @param sentAt when it was sent, monotonic */
  heardControl(sentAt: number): void {
    this.currency.heardRead(sentAt);
    this.news.tell();
  }

  /**
   * Undefined when places can be counted on a partition, else a promise that resolves as soon as they can.
   *
   * @throws RedisUnavailableError as a rejection, when too many wait
   */
  whenAsserted(partition: Partition): Promise<void> | undefined {
    return this.of(partition).gate.pass();
  }

  /**
   * `assertion` writes everything to a partition again that this node keeps there; the next one waits for it. When it
   * fails, all are asked again a second later.
   */
  onAssert(assertion: Assertion): void {
    this.assertions.push(assertion);
  }

  /** Calls `listener` with the answers to beats, and with the monotonic times at which those were sent. */
  onBeat(listener: (partition: Partition, reply: BeatReply, sentAt: number) => void): void {
    this.replies.add(listener);
  }

  /** Calls `listener` when a beat or a read of the stream of changes was answered. */
  onNews(listener: () => void): void {
    this.news.add(listener);
  }

  /** Calls `listener` when Redis may have forgotten something, before assertions are asked for. */
  onFound(listener: (partition: Partition, finding: Finding) => void): void {
    this.findings.add(listener);
  }

  /** Calls `listener` when places cannot be counted on a partition, until `whenAsserted()` resolves. */
  onDoubt(listener: (partition: Partition) => void): void {
    this.doubts.add(listener);
  }

  onEvent(listener: (event: MembershipEvent) => void): void {
    this.events.add(listener);
  }

  /** Calls `listener` with errors of assertions and of scripts. */
  onFault(listener: (error: unknown) => void): void {
    this.errors.add(listener);
  }

  /** @internal */
  async assert(partition: Partition, finding: Finding): Promise<void> {
    for (const assertion of this.assertions) await assertion(partition, finding);
  }

  /** @internal */
  onFinding(partition: Partition, finding: Finding): void {
    this.findings.tell(partition, finding);
    if (finding === 'failover') return;
    const type = finding === 'lost' ? 'cluster.memory-lost' : 'cluster.returned';
    this.events.tell({ type, partition: partition.tag });
  }

  /** @internal */
  onGateClosed(partition: Partition): void {
    this.doubts.tell(partition);
  }

  /** @internal */
  onReply(partition: Partition, reply: BeatReply, sentAt: number): void {
    if (reply.outcome === 'rules') this.foundStrange(partition);
    else this.strange.delete(partition);
    if (reply.outcome === 'ok' && this.unwritable.delete(partition))
      this.events.tell({ type: 'cluster.up', partition: partition.tag });
    if (reply.outcome === 'ok' && partition === this.link.control) this.currency.heardBeat(sentAt);
    if (partition === this.link.control) this.firstReply?.(reply);
    this.replies.tell(partition, reply, sentAt);
    this.news.tell();
  }

  /** @internal */
  onUnavailable(partition: Partition, { reason }: RedisUnavailableError): void {
    if (reason !== 'full' && reason !== 'not-writable') return;
    if (this.unwritable.get(partition) === reason) return;
    this.unwritable.set(partition, reason);
    this.events.tell({ type: 'cluster.down', partition: partition.tag, reason });
  }

  /** @internal */
  onError(error: unknown): void {
    this.errors.tell(error);
  }

  private foundStrange(partition: Partition): void {
    if (this.strange.has(partition)) return;
    this.strange.add(partition);
    if (this.isStarted) this.events.tell({ type: 'cluster.version', partition: partition.tag });
  }

  private beat(): void {
    for (const member of this.members.values()) void member.beat();
  }

  private of(partition: Partition): Member {
    return this.members.get(partition) as Member;
  }
}
