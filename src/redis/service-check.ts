import { Logger } from '@nestjs/common';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { FORMAT_VERSION, RedisKeys } from './keys.js';
import { probe, type ProbeFailure, type ProbeResult } from './link/probe.js';
import type { RedisLines } from './link/redis-line.js';
import type { Partition } from './link/redis-port.js';
import { patientDeadline } from './node-parts.js';

/** Finds out once whether the service has what is needed, as soon as it answers. */
export class ServiceCheck {
  private readonly logger = new Logger('WsSecurity');
  private running: Promise<ProbeResult | ProbeFailure> | undefined;
  /** What it lacks, as far as is known. */
  problems: readonly ConfigurationProblem[] = [];
  /** Why the last attempt to find out has failed, for the log. */
  failure: string | undefined;

  constructor(
    private readonly lines: RedisLines,
    private readonly control: Partition,
    private readonly options: ResolvedOptions,
  ) {}

  get isDone(): boolean {
    return this.running !== undefined;
  }

  /** Does nothing when it is known already, or is just being found out. Never rejects. */
  async run(): Promise<void> {
    if (this.running) return;
    const { control, options } = this;
    const nodesOf = (format: number): string => new RedisKeys(options.redisPrefix, format).nodes(control);
    this.running = probe(this.lines, {
      key: new RedisKeys(options.redisPrefix).probe(control),
      strangers: [FORMAT_VERSION - 1, FORMAT_VERSION + 1].map(nodesOf),
      nodeTtlMs: options.redisNodeTtlMs,
      deadlineMs: patientDeadline(options),
    });
    const result = await this.running;
    this.failure = 'failure' in result ? result.failure : undefined;
    if ('failure' in result) this.running = undefined;
    else this.note(result);
  }

  private note({ problems, evictionPolicy }: ProbeResult): void {
    this.problems = problems;
    if (evictionPolicy === undefined || evictionPolicy === 'noeviction') return;
    this.logger.warn(
      `Redis evicts keys when its memory is full (maxmemory-policy is ${evictionPolicy}), and with them limits and ` +
        'revocations; set maxmemory-policy to noeviction',
    );
  }
}
