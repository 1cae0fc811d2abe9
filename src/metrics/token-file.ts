import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { readMetricsToken } from '../options/metrics-token.js';
import { OPTIONS, type ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { Clock } from '../time/clock.js';
import { WatchedFiles } from '../time/watched-files.js';

/** The token of `WS_METRICS_TOKEN_FILE`, read again when the file changes. Only its hash is kept. */
@Injectable()
export class TokenFile implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('WsSecurity');
  private readonly file: WatchedFiles | undefined;
  private expected: Buffer | undefined;

  constructor(@InjectSecurityOptions() { metricsTokenFile: path }: ResolvedOptions, clock: Clock) {
    if (path === undefined) return;
    const take = (): void => {
      this.expected = hashOf(readMetricsToken(path));
    };
    take();
    this.file = new WatchedFiles(clock, {
      paths: [path],
      take,
      reasonOf: (error) => (error as NodeJS.ErrnoException).code ?? (error as Error).message,
      onFailed: (reason) =>
        this.logger.warn(`${OPTIONS.metricsTokenFile.variable}: the changed file cannot be used (${reason})`),
    });
  }

  onModuleInit(): void {
    this.file?.poll();
  }

  onApplicationShutdown(): void {
    this.file?.close();
  }

  /** Whether a token is required. */
  get isSet(): boolean {
    return this.file !== undefined;
  }

  /** Compares hashes, which have one length, so that the time tells nothing about the token. */
  async accepts(token: string): Promise<boolean> {
    await this.file?.look();
    return this.expected !== undefined && timingSafeEqual(this.expected, hashOf(token));
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
