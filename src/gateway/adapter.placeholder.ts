import { Injectable, type OnApplicationBootstrap, Scope } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService } from '@nestjs/core';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { WsConfigurationError } from '../errors/configuration.error.js';

/**
 * Stands where the module's adapter will be. A request-scoped provider in the module's place lets Nest make that adapter
 * never, without a word, and gateways would be bound to another one, unprotected.
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
      `is given providers that are made for each request (${names.join(', ') || 'by what they inject'}), ` +
      'but a connection outlives a request; make them, and what they inject, singletons';
    return new WsConfigurationError([{ name: 'WsSecurityModule', message }]);
  }
}
