import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:tls';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import { SecurityEvents } from '../../observability/security-events.service.js';
import { stateOfFile } from '../../time/file-state.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { tlsOptionsOf, type TlsServerOptions } from './tls-options.js';

const POLL_MS = 1000;

/**
 * New certificates without a restart: what the TLS files hold is what the next connection sees, and open ones go on.
 * The files are polled because renames and symlink swaps escape `fs.watch`.
 */
@Injectable()
export class TlsReloader implements OnApplicationShutdown {
  private readonly servers = new Set<Server>();
  private served: TlsServerOptions | undefined;
  private seen: string | undefined;
  private failure: string | undefined;
  private isPolling = false;
  private stop: (() => void) | undefined;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly clock: Clock,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Serves the configured certificate from now on, and its successors; does nothing when none is configured.
   *
   * @throws WsConfigurationError when the files cannot be used
   */
  watch(server: Server): void {
    if (this.options.tlsCertFile === undefined) return;
    this.served ??= tlsOptionsOf(this.options);
    server.setSecureContext(this.served);
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
    this.stop ??= this.clock.every(POLL_MS, () => void this.poll());
  }

  onApplicationShutdown(): void {
    this.stop?.();
    this.stop = undefined;
    this.servers.clear();
  }

  private async poll(): Promise<void> {
    if (this.isPolling) return;
    this.isPolling = true;
    // Before the content is read: what changes in between is seen the next time.
    const state = await this.stateOfFiles();
    this.isPolling = false;
    if (state !== this.seen && this.stop) this.reload(state);
  }

  private reload(state: string): void {
    try {
      const next = tlsOptionsOf(this.options);
      this.seen = state;
      this.failure = undefined;
      if (hasSameMaterial(next, this.served)) return;
      for (const server of this.servers) server.setSecureContext(next);
      this.served = next;
      const { serialNumber, validTo } = new X509Certificate(next.cert);
      this.events.emit({ type: 'tls.reloaded', serialNumber, validTo });
    } catch (error) {
      this.report(state, error);
    }
  }

  /** Once per state of the files, though each poll tries again: a file may be unreadable only for a while. */
  private report(state: string, error: unknown): void {
    const reason =
      error instanceof WsConfigurationError
        ? error.problems.map(({ name, message }) => `${name}: ${message}`).join('; ')
        : String(error);
    const failure = `${state} ${reason}`;
    if (failure === this.failure) return;
    this.failure = failure;
    this.events.emit({ type: 'tls.reload-failed', reason });
  }

  private async stateOfFiles(): Promise<string> {
    const { tlsCertFile, tlsKeyFile, tlsCaFile } = this.options;
    const files = [tlsCertFile, tlsKeyFile, tlsCaFile].filter((file) => file !== undefined);
    return (await Promise.all(files.map(stateOfFile))).join(' ');
  }
}

function hasSameMaterial(one: TlsServerOptions, other: TlsServerOptions | undefined): boolean {
  return one.cert === other?.cert && one.key === other?.key && one.ca === other?.ca;
}
