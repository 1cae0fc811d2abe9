import type { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { type Partition, type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import { AssertionGate } from './assertion-gate.js';
import { beatKeys } from './beat-keys.js';
import { type BeatReply, type LiveNode, readBeatReply } from './beat-reply.js';
import { BEAT, LEAVE } from './beat.script.js';

/**
 * Why Redis may not know what this node has told it:
 *
 * - `lost`: it lost memory, or went back to an older state
 * - `away`: this node was silent for so long that others counted it as dead
 * - `failover`: another server is master, which may miss the last writes
 */
export type Finding = 'lost' | 'away' | 'failover';

export interface MemberSettings {
  readonly prefix: string;
  /** What nodes must agree in. */
  readonly rules: string;
  readonly nodeTtlMs: number;
  /** Deadline of a beat, in milliseconds. */
  readonly deadlineMs: number;
}

export interface MemberListener {
  /** Writes everything again that this node keeps on the partition. After a rejection it is called again with the next beat. */
  assert(partition: Partition, finding: Finding): MaybePromise<void>;
  onFinding(partition: Partition, finding: Finding): void;
  /** The gate has been closed, or stays so for longer. */
  onGateClosed(partition: Partition): void;
  /** @param sentAt when the beat was sent, monotonic */
  onReply(partition: Partition, reply: BeatReply, sentAt: number): void;
  /** A beat, or what had to be written before it, did not reach Redis or was refused. */
  onUnavailable(partition: Partition, error: RedisUnavailableError): void;
  onError(error: unknown): void;
}

/** This node's membership on one partition. */
export class Member {
  readonly gate: AssertionGate;
  private readonly keys: readonly string[];
  /** The last beat that was answered: the server's time, and when it was sent by the monotonic clock. */
  private heard: { now: number; sentAt: number } | undefined;
  /** Whether Redis is expected to have that beat still. */
  private isRemembered = false;
  private view: readonly LiveNode[] = [];
  /** The finding that has still to be repaired, and the number of findings so far. */
  private finding: Finding | undefined;
  private findings = 0;
  /** When it was found, milliseconds by the server's clock, and who lived before. */
  private foundAt = 0;
  private expected: readonly string[] = [];
  /** Whether Redis has still to be asked what it lost. */
  private isUnexamined = false;
  private isBeating = false;
  private hasLeft = false;

  constructor(
    readonly partition: Partition,
    private readonly port: RedisPort,
    private readonly settings: MemberSettings,
    private readonly clock: Clock,
    wheel: TimerWheel,
    private readonly listener: MemberListener,
  ) {
    this.gate = new AssertionGate(wheel);
    this.keys = beatKeys(settings.prefix, partition, partition === port.control);
  }

  /** Nodes that live, this one included, as the last beat found them. */
  get nodes(): readonly LiveNode[] {
    if (!this.heard) return [];
    const { now, sentAt } = this.heard;
    const oldest = now + (this.clock.monotonic() - sentAt) - this.settings.nodeTtlMs;
    return this.view.filter(({ beat }) => beat >= oldest);
  }

  /** As {@link nodes}, as they are now. */
  async find(): Promise<readonly LiveNode[]> {
    const { now, nodes } = await this.send(undefined, 'look');
    return nodes.filter(({ beat }) => beat >= now - this.settings.nodeTtlMs);
  }

  /** Another server is master: what was written last may be missing there. */
  failedOver(): void {
    if (!this.heard) return;
    const now = this.clock.monotonic() + (this.port.offset(this.partition) ?? 0);
    this.isUnexamined = true;
    this.found('failover', Math.floor(now));
  }

  /** One beat, and what it leads to. Does nothing while another one is under way. */
  async beat(): Promise<void> {
    if (this.isBeating || this.hasLeft) return;
    this.isBeating = true;
    try {
      if (this.isUnexamined) await this.examine();
      if (!this.finding) await this.sayAlive();
      // So a beat reappears only after the assertion.
      if (this.finding && (await this.assert(this.finding)) && !this.hasLeft) await this.sayAlive();
    } catch (error) {
      if (error instanceof RedisUnavailableError) this.listener.onUnavailable(this.partition, error);
      else this.listener.onError(error);
    } finally {
      this.isBeating = false;
    }
  }

  /** Removes this node, so that others do not wait for it. */
  async leave(): Promise<void> {
    this.hasLeft = true;
    this.gate.stop();
    const { deadlineMs } = this.settings;
    await this.port.run(LEAVE, this.partition, this.keys.slice(0, 1), [], { deadlineMs });
  }

  private async examine(): Promise<void> {
    const { now, outcome } = await this.send(this.heard?.now, 'look');
    this.isUnexamined = false;
    if (outcome === 'lost' || outcome === 'away') this.found(outcome, now);
  }

  private async assert(finding: Finding): Promise<boolean> {
    const { findings } = this;
    await this.listener.assert(this.partition, finding);
    if (findings !== this.findings) return false;
    this.finding = undefined;
    // If nobody could write, the others can do so from now on too, and are given as long for it as if it were found now.
    if (!this.hasLeft) this.closeGate();
    return true;
  }

  private closeGate(): void {
    this.gate.close(this.foundAt, this.expected, this.settings.nodeTtlMs);
    this.listener.onGateClosed(this.partition);
  }

  private async sayAlive(): Promise<void> {
    const sentAt = this.clock.monotonic();
    const reply = await this.send(this.isRemembered ? this.heard?.now : undefined, '');
    const { now, outcome, nodes } = reply;
    if (outcome === 'lost' || outcome === 'away') this.found(outcome, now);
    if (outcome === 'ok' && !this.finding) {
      // Some may have started after the last beat that was answered.
      if (!this.isRemembered) this.gate.expect(this.lived(nodes));
      this.heard = { now, sentAt };
      this.isRemembered = true;
      this.view = nodes;
      this.gate.seen(nodes, this.port.node);
    }
    this.listener.onReply(this.partition, reply, sentAt);
  }

  private async send(acknowledged: number | undefined, mode: 'look' | ''): Promise<BeatReply> {
    const { rules, nodeTtlMs, deadlineMs } = this.settings;
    const args = [acknowledged ?? '', rules, nodeTtlMs, mode];
    return readBeatReply(await this.port.run(BEAT, this.partition, this.keys, args, { deadlineMs }));
  }

  /** Those of the nodes that lived when this node heard of them last. Since then nobody may have been able to beat. */
  private lived(nodes: readonly LiveNode[]): string[] {
    const oldest = (this.heard?.now ?? 0) - this.settings.nodeTtlMs;
    return nodes.filter(({ beat }) => beat >= oldest).map(({ id }) => id);
  }

  private found(finding: Finding, at: number): void {
    const { nodeTtlMs } = this.settings;
    const silence = this.clock.monotonic() - (this.heard?.sentAt ?? 0);
    // After such a long silence, Redis has removed the beat itself.
    this.finding = finding === 'lost' && silence > 10 * nodeTtlMs ? 'away' : finding;
    this.findings++;
    this.isRemembered = false;
    this.foundAt = at;
    this.expected = [this.port.node, ...this.lived(this.view)];
    this.closeGate();
    this.listener.onFinding(this.partition, this.finding);
  }
}
