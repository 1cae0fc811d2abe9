import { Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import {
  GATEWAY_METADATA,
  GATEWAY_OPTIONS,
  MESSAGE_MAPPING_METADATA,
  MESSAGE_METADATA,
  PORT_METADATA,
} from '../nest/metadata-keys.js';
import { SECURE_GATEWAY } from './secure-gateway.decorator.js';
import { portOf, type SecureGatewayOptions } from './secure-gateway-options.js';

export interface GatewayHandler {
  /** What it subscribes to; Nest lets it be anything. */
  event: unknown;
  method: string;
  /** What Nest runs: the method of the class, whatever the instance has in its place. */
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler
  callback: Function;
}

export interface DiscoveredGateway {
  name: string;
  instance: object;
  /** Undefined for a gateway that is not secured. */
  options: SecureGatewayOptions | undefined;
  /** Options of another decorator on it, which nobody looks at. */
  strayOptions: string[];
  /** Whether its instance says that it is of the class that was decorated; guards look there. */
  isOfItsClass: boolean;
  isRequestScoped: boolean;
  isTransient: boolean;
  /** The classes of guards, pipes and the like on it that are transient. */
  transients: string[];
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

  /** The classes of secured gateways; they are known before the first instance is made. */
  classes(): Type<Record<string, object>>[] {
    return this.discovery
      .getProviders()
      .map(({ metatype }) => metatype)
      .filter((type) => typeof type === 'function' && Reflect.hasMetadata(SECURE_GATEWAY, type)) as Type[];
  }

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
        options: securedOptionsOf(wrapper.metatype as object),
        strayOptions: strayOptionsOf(wrapper.metatype as object),
        moduleRef: wrapper.host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance ?? this.moduleRef,
        isOfItsClass: (wrapper.instance as object).constructor === wrapper.metatype,
        isRequestScoped: !wrapper.isDependencyTreeStatic(),
        isTransient: wrapper.isTransient,
        transients: namesOf(wrapper.getEnhancersMetadata()?.filter(({ isTransient }) => isTransient)),
        handlers: this.handlersOf(wrapper.instance as object),
      }));
  }

  private handlersOf(instance: object): GatewayHandler[] {
    // oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler
    const prototype = Object.getPrototypeOf(instance) as Record<string, Function>;
    return this.scanner
      .getAllMethodNames(prototype)
      .map((method) => ({ method, callback: prototype[method] as GatewayHandler['callback'] }))
      .filter(({ callback }) => Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, callback))
      .map((handler) => ({
        ...handler,
        event: Reflect.getMetadata(MESSAGE_METADATA, handler.callback) as unknown,
      }));
  }
}

function namesOf(wrappers: readonly { name: unknown }[] = []): string[] {
  return [...new Set(wrappers.map(({ name }) => String(name)))];
}

/** Undefined also where another decorator, of the class or of one that extends it, sends its clients elsewhere. */
function securedOptionsOf(gateway: object): SecureGatewayOptions | undefined {
  const secured = Reflect.getMetadata(SECURE_GATEWAY, gateway) as SecureGatewayOptions | undefined;
  const bound = Reflect.getMetadata(GATEWAY_OPTIONS, gateway) as { path?: unknown } | undefined;
  const port = (Reflect.getMetadata(PORT_METADATA, gateway) as number | undefined) ?? 0;
  return secured?.path === bound?.path && portOf(secured ?? {}) === port ? secured : undefined;
}

function strayOptionsOf(gateway: object): string[] {
  const bound = (Reflect.getMetadata(GATEWAY_OPTIONS, gateway) ?? {}) as Record<string, unknown>;
  return Object.keys(bound).filter((option) => option !== 'path' && bound[option] !== undefined);
}
