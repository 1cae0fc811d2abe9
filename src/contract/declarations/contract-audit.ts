import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import { type DiscoveredGateway, GatewayExplorer } from '../../gateway/gateway-explorer.js';
import type { Callable } from '../../nest/handler-metadata.js';
import { declaredReplyOf } from './ws-reply.decorator.js';

/** Stops the start if a declaration of the contract has no effect. */
@Injectable()
export class ContractAudit implements OnModuleInit {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly explorer: GatewayExplorer) {}

  /** @throws WsConfigurationError */
  onModuleInit(): void {
    const problems = this.explorer.explore().flatMap((gateway) => this.problemsOf(gateway));
    if (problems.length > 0) throw new WsConfigurationError(problems);
  }

  /** Replies of methods that handle no event. */
  private problemsOf({ name, type, handlers }: DiscoveredGateway): { name: string; message: string }[] {
    const { prototype } = type as Type<Record<string, Callable>>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => !handlers.some((handler) => handler.method === method))
      .filter((method) => declaredReplyOf(type, prototype[method] as Callable))
      .map((method) => ({
        name: `${name}.${method}`,
        message:
          'declares a reply with @WsReply(), but handles no event; add @SubscribeMessage() or remove it',
      }));
  }
}
