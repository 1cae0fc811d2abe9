import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import { GATEWAY_METADATA, MESSAGE_MAPPING_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/internal';
import { SECURE_GATEWAY, type SecureGatewayOptions } from './secure-gateway.decorator.js';

export interface GatewayHandler {
  event: string;
  method: string;
}

export interface DiscoveredGateway {
  name: string;
  instance: object;
  /** Undefined for a gateway that is not secured. */
  options: SecureGatewayOptions | undefined;
  isRequestScoped: boolean;
  /** Instances that the gateway's own module can see. */
  moduleRef: ModuleRef;
  handlers: GatewayHandler[];
}

/** Finds every gateway of the application, secured or not. */
@Injectable()
export class GatewayExplorer {
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
  ) {}

  explore(): DiscoveredGateway[] {
    return this.discovery
      .getProviders()
      .filter(
        ({ metatype, isNotMetatype }) =>
          metatype && !isNotMetatype && Reflect.hasMetadata(GATEWAY_METADATA, metatype),
      )
      .map((wrapper) => ({
        name: wrapper.name as string,
        instance: wrapper.instance as object,
        options: Reflect.getMetadata(SECURE_GATEWAY, wrapper.metatype as object) as
          SecureGatewayOptions | undefined,
        moduleRef: wrapper.host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance ?? this.moduleRef,
        isRequestScoped: !wrapper.isDependencyTreeStatic(),
        handlers: this.handlersOf(wrapper.instance as object),
      }));
  }

  private handlersOf(instance: object): GatewayHandler[] {
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, prototype[method] as object))
      .map((method) => ({
        method,
        event: Reflect.getMetadata(MESSAGE_METADATA, prototype[method] as object) as string,
      }));
  }
}
