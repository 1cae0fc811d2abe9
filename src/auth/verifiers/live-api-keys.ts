import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Connection } from '../../connection/connection.js';
import { ConnectionLifecycleService } from '../../connection/connection-lifecycle.service.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { closeRevoked } from '../revocation.service.js';
import { TokenVerifier } from '../token-verifier.js';
import type { ApiKeyVerifier } from './api-key.verifier.js';
import { CompositeVerifier } from './composite.verifier.js';

/**
 * Applies changes of the file of API keys to open connections. A connection whose key was removed or replaced is
 * closed with 4403. A connection whose rights have changed gets the new ones at once.
 */
@Injectable()
export class LiveApiKeys implements OnModuleInit, OnApplicationShutdown {
  private readonly keys: ApiKeyVerifier | undefined;

  constructor(
    verifier: TokenVerifier,
    private readonly registry: ConnectionRegistry,
    private readonly lifecycle: ConnectionLifecycleService,
  ) {
    this.keys = verifier instanceof CompositeVerifier ? verifier.apiKeys : undefined;
  }

  onModuleInit(): void {
    const { keys } = this;
    if (!keys) return;
    keys.file.reloads.subscribe(() => this.reviewAll(keys));
    this.lifecycle.listen((event) => {
      if (event.type === 'accepted') this.reviewNew(event.connection, keys);
    });
    keys.file.poll();
  }

  onApplicationShutdown(): void {
    this.keys?.file.close();
  }

  private reviewAll(keys: ApiKeyVerifier): void {
    for (const connection of this.registry) this.review(connection, keys);
  }

  /** The file may have changed after the key was verified, before the registry knew the connection. */
  private reviewNew(connection: Connection, keys: ApiKeyVerifier): void {
    if (!keys.current(connection.principal)) closeRevoked(connection);
    // Rights change after all subscribers have been notified that the connection is open.
    else queueMicrotask(() => this.review(connection, keys));
  }

  private review(connection: Connection, keys: ApiKeyVerifier): void {
    const { principal } = connection;
    const current = keys.current(principal);
    if (!current) closeRevoked(connection);
    else if (current !== principal) this.lifecycle.identified(connection, current);
  }
}
