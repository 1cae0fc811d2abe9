import { Injectable, type OnApplicationBootstrap, Scope } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { WsConfigurationError } from '../errors/configuration.error.js';

/**
 * Stands in for the adapter until it is created. If it depends on a request-scoped provider, Nest silently never
 * creates it, and gateways would be bound to another adapter without protection.
 */
@Injectable()
export class AdapterPlaceholder extends AbstractWsAdapter implements OnApplicationBootstrap {
  private isReplaced = false;

  constructor(
    private readonly config: ApplicationConfig,
    private readonly discovery: DiscoveryService,
  ) {
    super();
    config.setIoAdapter(this);
  }

  replaceBy(adapter: AbstractWsAdapter): void {
    this.isReplaced = true;
    this.config.setIoAdapter(adapter);
  }

  onApplicationBootstrap(): void {
    if (!this.isReplaced) throw this.unmade();
  }

  /** @throws WsConfigurationError */
  override create(): never {
    throw this.unmade();
  }

  override bindMessageHandlers(): never {
    throw this.unmade();
  }

  private unmade(): WsConfigurationError {
    const providers = this.discovery.getProviders();
    const home = providers.find(({ token }) => token === AdapterPlaceholder)?.host;
    const names = providers
      .filter(({ host, scope }) => host === home && scope === Scope.REQUEST)
      .map(({ name }) => String(name));
    const message =
      `is given request-scoped providers (${names.join(', ') || 'because of their dependencies'}), ` +
      'but a connection outlives a request; make them and their dependencies singletons';
    return new WsConfigurationError([{ name: 'WsSecurityModule', message }]);
  }
}
