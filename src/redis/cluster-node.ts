import { within } from '../time/deadline.js';
import { FORMAT_VERSION, RedisKeys } from './keys.js';
import { RedisLink } from './link/redis-link.js';
import type { RedisLines } from './link/redis-line.js';
import type { NodeParts } from './node-parts.js';
import { patientDeadline } from './node-parts.js';
import { Membership } from './nodes/membership.js';
import { rulesText } from './nodes/rules.js';
import { SCRIPTS } from './scripts.js';
import { Neighbours } from './streams/neighbours.js';
import { NodeStreams } from './streams/node-streams.js';

/** How long the start waits for an answer of each part of Redis, in milliseconds. */
const DECIDED_MS = 3000;
/** The least time for which pushes are kept, in milliseconds. */
const KEEP_MS = 30_000;

/** One node among others: its lines, its membership and what it reads of the others. */
export class ClusterNode {
  readonly keys: RedisKeys;
  readonly link: RedisLink;
  readonly membership: Membership;
  readonly streams: NodeStreams;
  readonly neighbours: Neighbours;

  constructor(
    lines: RedisLines,
    readonly parts: NodeParts,
  ) {
    const { options, clock, wheel, faults, node, tell, counters } = parts;
    const { redisTimeoutMs: timeoutMs, redisNodeTtlMs: nodeTtlMs, redisStaleMs: staleMs } = options;
    const deadlineMs = patientDeadline(options);
    const prefix = `${options.redisPrefix}${FORMAT_VERSION}:`;
    const rules = rulesText(SCRIPTS, {
      WS_REDIS_LIMITS: options.redisLimits,
      WS_REDIS_NODE_TTL_MS: nodeTtlMs,
    });
    this.keys = new RedisKeys(options.redisPrefix);
    this.link = new RedisLink(
      lines,
      { prefix, timeoutMs, node: node.id, calls: counters.stores },
      clock,
      wheel,
    );
    // Before everything else: when Redis is back, this node beats before it asks for anything.
    this.membership = new Membership(
      this.link,
      { prefix, rules, nodeTtlMs, staleMs, deadlineMs },
      clock,
      wheel,
    );
    this.streams = new NodeStreams(this.link, lines, this.membership, clock, wheel, {
      keys: this.keys,
      keepMs: options.resume ? Math.max(KEEP_MS, options.resumeTtlMs) : KEEP_MS,
      streamBytes: options.redisStreamBytes,
      deadlineMs,
    });
    this.neighbours = new Neighbours(node.id, this.streams.control, this.membership);
    for (const source of [this.link, this.membership, this.streams]) source.onEvent(tell);
    for (const source of [this.membership, this.streams])
      source.onFault((error) => faults.report('Work with Redis failed', error));
  }

  /** Whether Redis can be reached, as far as this node knows. */
  get isUp(): boolean {
    return this.link.partitions.every((partition) => this.link.isUp(partition));
  }

  /** Whether this node receives what the others write, can write itself, and follows the same rules. */
  get isReady(): boolean {
    return this.membership.isReady && this.membership.isWritable && (!this.isUp || this.streams.isReady);
  }

  /**
   * Resolves when Redis has answered, or is known to be away. In a Cluster this holds for each of its parts: until then
   * limits and places there would be counted by this node alone.
   *
   * @throws WsConfigurationError when nodes with other rules live
   */
  async start(): Promise<void> {
    this.link.start();
    // In real time: the clock of a test may stand still.
    const decided = within(DECIDED_MS, this.link.decided()).catch(() => undefined);
    await Promise.all([this.membership.start(), this.streams.start(), decided]);
  }

  /** Takes this node out of the others, as far as Redis can be reached, and closes all lines. */
  async stop(): Promise<void> {
    await this.membership.stop();
    this.streams.stop();
    this.link.stop();
  }
}
