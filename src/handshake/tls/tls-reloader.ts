import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:tls';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { WatchedFiles } from '../../time/watched-files.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { tlsOptionsOf, type TlsServerOptions } from './tls-options.js';

/** Replaces certificates without a restart: new connections use the new TLS files, and open ones continue. */
@Injectable()
export class TlsReloader implements OnApplicationShutdown {
  private readonly servers = new Set<Server>();
  private served: TlsServerOptions | undefined;
  private readonly files: WatchedFiles;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    clock: Clock,
    private readonly events: SecurityEvents,
  ) {
    const { tlsCertFile, tlsKeyFile, tlsCaFile } = options;
    this.files = new WatchedFiles(clock, {
      paths: [tlsCertFile, tlsKeyFile, tlsCaFile].filter((file) => file !== undefined),
      take: () => this.reload(),
      reasonOf,
      onFailed: (reason) => events.emit({ type: 'tls.reload-failed', reason }),
    });
  }

  /** Epoch milliseconds when the certificate that is served expires; undefined if none is configured. */
  get expiresAt(): number | undefined {
    return this.served && Date.parse(new X509Certificate(this.served.cert).validTo);
  }

  /**
   * Serves the configured certificate and its later versions. Does nothing if no certificate is configured.
   *
   * @throws WsConfigurationError if the files cannot be used
   */
  watch(server: Server): void {
    if (this.options.tlsCertFile === undefined) return;
    this.served ??= tlsOptionsOf(this.options);
    server.setSecureContext(this.served);
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
    this.files.poll();
  }

  onApplicationShutdown(): void {
    this.files.close();
    this.servers.clear();
  }

  private reload(): void {
    const next = tlsOptionsOf(this.options);
    if (hasSameMaterial(next, this.served)) return;
    for (const server of this.servers) server.setSecureContext(next);
    this.served = next;
    const { serialNumber, validTo } = new X509Certificate(next.cert);
    this.events.emit({ type: 'tls.reloaded', serial_number: serialNumber, valid_to: validTo });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof WsConfigurationError)) return String(error);
  return error.problems.map(({ name, message }) => `${name}: ${message}`).join('; ');
}

function hasSameMaterial(one: TlsServerOptions, other: TlsServerOptions | undefined): boolean {
  return one.cert === other?.cert && one.key === other?.key && one.ca === other?.ca;
}
