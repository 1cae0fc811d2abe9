import {
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { PartHealth } from '../connection/part-health.js';
import { type ConfigurationProblem, WsConfigurationError } from '../errors/configuration.error.js';
import { parseRedisUrl } from '../options/redis-url.js';
import { ClusterNode } from './cluster-node.js';
import type { RedisClient } from './link/ioredis-line.js';
import { linesLike, linesTo } from './link/ioredis-lines.js';
import type { RedisLines } from './link/redis-line.js';
import { type NodeParts, patientDeadline } from './node-parts.js';
import { CLIENT_SOURCE } from './redis-stores.js';
import { ServiceCheck } from './service-check.js';
import { SharedStores } from './shared-stores.js';
import { stayingAwake } from './stay-awake.js';

const URL_SOURCE = 'WS_REDIS_URL';

/**
 * What the application has of Redis, from its start to its end. Redis may be away the whole time.
 */
export class RedisRuntime implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly stores: SharedStores;
  private readonly logger = new Logger('WsSecurity');
  private readonly node: ClusterNode;
  private readonly check: ServiceCheck;

  private constructor(
    lines: RedisLines,
    private readonly parts: NodeParts,
    /** What says where Redis is. */
    private readonly source: string,
  ) {
    this.node = new ClusterNode(lines, parts);
    this.stores = new SharedStores(this.node);
    this.check = new ServiceCheck(lines, this.node.link.control, parts.options);
  }

  /**
   * @param client of the application's own, instead of the URL
   * @throws WsConfigurationError without the package `ioredis`
   */
  static async create(client: RedisClient | undefined, parts: NodeParts): Promise<RedisRuntime> {
    const { options } = parts;
    const { redisUrl = '', redisTlsCaFile: ca, redisTlsCertFile: cert, redisTlsKeyFile: key } = options;
    const connectMs = patientDeadline(options);
    const lines = client
      ? linesLike(client, connectMs)
      : await linesTo(parseRedisUrl(redisUrl), { ca, cert, key }, connectMs);
    return new RedisRuntime(lines, parts, client ? CLIENT_SOURCE : URL_SOURCE);
  }

  /** Whether clients should be sent to this node, as far as Redis and the other nodes are concerned. */
  get isReady(): boolean {
    const isServed = this.node.isUp || this.parts.options.redisOutage !== 'deny';
    return isServed && this.node.isReady && this.check.problems.length === 0;
  }

  /** Whether calls to Redis are made. */
  get isUp(): boolean {
    return this.node.isUp;
  }

  /** Degraded while Redis is away and this node goes on alone. */
  get health(): PartHealth {
    if (!this.isReady) return 'unready';
    return this.node.isUp ? 'ready' : 'degraded';
  }

  /** @throws WsConfigurationError when Redis lacks something, or nodes with other rules live */
  async onModuleInit(): Promise<void> {
    try {
      await stayingAwake(() => this.start());
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
  }

  // After the drain, which these depend on: what was lent to this node is free for others.
  async beforeApplicationShutdown(): Promise<void> {
    await stayingAwake(() => this.stores.leave());
  }

  // The last hook: until now the application may have had something to tell the others.
  async onApplicationShutdown(): Promise<void> {
    await stayingAwake(() => this.node.stop());
    this.stores.stop();
  }

  private async start(): Promise<void> {
    const [started] = await Promise.allSettled([this.node.start(), this.check.run()]);
    const problems = [
      ...this.check.problems,
      ...(started.status === 'rejected' ? problemsIn(started.reason) : []),
    ];
    if (problems.length > 0) throw new WsConfigurationError(problems.map((problem) => this.named(problem)));
    if (this.check.failure !== undefined && !this.node.isUp) this.warn(this.check.failure);
    this.node.link.onUp(() => void this.checkLater());
    await this.stores.load();
  }

  /** A deployment with a wrong password looks like any other one, and refuses all credentials. */
  private warn(cause: string): void {
    this.logger.warn(
      `Redis cannot be used: ${cause}. The application starts without it, and refuses credentials until it can`,
    );
  }

  /** Redis may have been away at the start. */
  private async checkLater(): Promise<void> {
    if (this.check.isDone) return;
    await this.check.run();
    for (const { name, message } of this.check.problems.map((problem) => this.named(problem)))
      this.logger.error(`${name}: ${message}`);
  }

  /** What is wrong with Redis is told by what the application wrote. */
  private named({ name, message }: ConfigurationProblem): ConfigurationProblem {
    return { name: name === URL_SOURCE ? this.source : name, message };
  }
}

function problemsIn(error: unknown): readonly ConfigurationProblem[] {
  if (error instanceof WsConfigurationError) return error.problems;
  throw error;
}
