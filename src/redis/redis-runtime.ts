import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { type ConfigurationProblem, WsConfigurationError } from '../errors/configuration.error.js';
import type { Faults } from '../faults/faults.js';
import type { NodeIdentity } from '../nodes/node-identity.js';
import type { RedisOptions } from '../options/redis-options.js';
import { parseRedisUrl } from '../options/redis-url.js';
import type { Clock } from '../time/clock.js';
import type { TimerWheel } from '../time/timer-wheel.js';
import type { ClusterEvent } from './cluster-event.js';
import { FORMAT_VERSION } from './keys.js';
import type { RedisClient } from './link/ioredis-line.js';
import { linesLike, linesTo } from './link/ioredis-lines.js';
import { probe, type ProbeResult } from './link/probe.js';
import { RedisLink } from './link/redis-link.js';
import type { RedisLines } from './link/redis-line.js';
import { Membership } from './nodes/membership.js';
import { rulesText } from './nodes/rules.js';
import { SCRIPTS } from './scripts.js';
import { SharedStores } from './shared-stores.js';
import { stayingAwake } from './stay-awake.js';

/** What may take long has so many times the deadline of other calls. */
const PATIENCE = 4;

/** What of the module this part works with. */
export interface RuntimeParts {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly faults: Faults;
  readonly node: NodeIdentity;
  readonly tell: (event: ClusterEvent) => void;
}

/**
 * This node among others: the lines to Redis, its membership and the stores, from the start of the application to its
 * end. Redis may be away the whole time.
 */
export class RedisRuntime implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly stores: SharedStores;
  private readonly logger = new Logger('WsSecurity');
  private readonly link: RedisLink;
  private readonly membership: Membership;
  private probing: Promise<ProbeResult | undefined> | undefined;
  /** What keeps this node from being one of several. */
  private lacks: readonly ConfigurationProblem[] = [];

  private constructor(
    private readonly lines: RedisLines,
    private readonly options: RedisOptions,
    { clock, wheel, faults, node, tell }: RuntimeParts,
  ) {
    const { redisTimeoutMs: timeoutMs, redisNodeTtlMs: nodeTtlMs, redisStaleMs: staleMs } = options;
    const prefix = this.prefixOf(FORMAT_VERSION);
    this.link = new RedisLink(lines, { prefix, timeoutMs, node: node.id }, clock, wheel);
    const rules = rulesText(SCRIPTS, {
      WS_REDIS_LIMITS: options.redisLimits,
      WS_REDIS_NODE_TTL_MS: nodeTtlMs,
    });
    const settings = { prefix, rules, nodeTtlMs, staleMs, deadlineMs: PATIENCE * timeoutMs };
    // Before the stores: when Redis is back, this node beats before it asks for anything.
    this.membership = new Membership(this.link, settings, clock, wheel);
    this.stores = new SharedStores({ link: this.link, membership: this.membership, clock, options, tell });
    this.link.onEvent(tell);
    this.membership.onEvent(tell);
    this.membership.onFault((error) => faults.report('Work with Redis failed', error));
  }

  /**
   * @param client of the application's own, instead of the URL
   * @throws WsConfigurationError without the package `ioredis`
   */
  static async create(
    options: RedisOptions,
    client: RedisClient | undefined,
    parts: RuntimeParts,
  ): Promise<RedisRuntime> {
    const { redisUrl = '', redisTlsCaFile: ca, redisTlsCertFile: cert, redisTlsKeyFile: key } = options;
    const connectMs = PATIENCE * options.redisTimeoutMs;
    const lines = client
      ? linesLike(client, connectMs)
      : await linesTo(parseRedisUrl(redisUrl), { ca, cert, key }, connectMs);
    return new RedisRuntime(lines, options, parts);
  }

  /** Whether clients should be sent to this node, as far as Redis and the other nodes are concerned. */
  get isReady(): boolean {
    const { link, membership, options } = this;
    const isServed = options.redisOutage !== 'deny' || link.partitions.every((one) => link.isUp(one));
    return isServed && membership.isReady && this.lacks.length === 0;
  }

  /** @throws WsConfigurationError when Redis lacks something, or nodes with other rules live */
  async onModuleInit(): Promise<void> {
    this.link.start();
    const outcomes = await stayingAwake(() => Promise.allSettled([this.examine(), this.membership.start()]));
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    const problems = [...this.lacks, ...reasons.flatMap(problemsIn)];
    if (problems.length === 0) {
      this.link.onUp(() => void this.examine());
      return;
    }
    await this.onApplicationShutdown();
    throw new WsConfigurationError(problems);
  }

  // After the drain, which these depend on: what was lent to this node is free for others.
  async beforeApplicationShutdown(): Promise<void> {
    await stayingAwake(() => this.stores.leave());
  }

  // The last hook: until now the application may have had something to tell the others.
  async onApplicationShutdown(): Promise<void> {
    await stayingAwake(() => this.membership.stop());
    this.stores.stop();
    this.link.stop();
  }

  /** Finds out once what the service can do. */
  private async examine(): Promise<void> {
    if (this.probing) return;
    const { lines, link, options } = this;
    this.probing = probe(lines, {
      key: `${this.prefixOf(FORMAT_VERSION)}${link.control.tag}:probe`,
      strangers: [FORMAT_VERSION - 1, FORMAT_VERSION + 1].map(
        (format) => `${this.prefixOf(format)}${link.control.tag}:nodes`,
      ),
      nodeTtlMs: options.redisNodeTtlMs,
      deadlineMs: PATIENCE * options.redisTimeoutMs,
    });
    const result = await this.probing;
    if (!result) this.probing = undefined;
    else this.examined(result);
  }

  private examined({ problems, evictionPolicy }: ProbeResult): void {
    this.lacks = problems;
    for (const { name, message } of problems) this.logger.error(`${name}: ${message}`);
    if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction')
      this.logger.warn(
        `Redis evicts keys when its memory is full (maxmemory-policy is ${evictionPolicy}), and with them limits and ` +
          'revocations; set maxmemory-policy to noeviction',
      );
  }

  private prefixOf(format: number): string {
    return `${this.options.redisPrefix}${format}:`;
  }
}

function problemsIn(error: unknown): readonly ConfigurationProblem[] {
  if (error instanceof WsConfigurationError) return error.problems;
  throw error;
}
