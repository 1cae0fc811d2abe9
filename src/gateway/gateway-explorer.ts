import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import {
  GATEWAY_METADATA,
  GATEWAY_OPTIONS,
  MESSAGE_MAPPING_METADATA,
  MESSAGE_METADATA,
  PORT_METADATA,
} from '../nest/metadata-keys.js';
import { portOf, SECURE_GATEWAY, type SecureGatewayOptions } from './secure-gateway-options.js';
import { classesIn, MODULE_UNSECURED } from './unsecured/unsecured-list.js';
import { type UnsecuredGatewayOptions, unsecuredOptionsOf } from './unsecured/unsecured-options.js';

export interface GatewayHandler {
  /** The event that it subscribes to, of any type. */
  event: unknown;
  method: string;
  /** The function that Nest calls: the method of the class, even if the instance has another one. */
  // oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of handlers in Nest
  callback: Function;
}

export interface DiscoveredGateway {
  name: string;
  /** The decorated class. */
  type: Type;
  instance: object;
  /** Options of `@SecureGateway()`; undefined if the gateway is not secured. */
  options: SecureGatewayOptions | undefined;
  /** The decorator of a gateway in `forRoot({ unsecured })`, if it is not secured. */
  unsecured: UnsecuredGatewayOptions | undefined;
  /** Options of another decorator on the class, which have no effect. */
  strayOptions: string[];
  /** Whether the constructor of the instance is the decorated class, where guards find their metadata. */
  isOfItsClass: boolean;
  isRequestScoped: boolean;
  isTransient: boolean;
  /** Names of transient guards, pipes and other enhancers on the gateway. */
  transients: string[];
  /** Resolves providers in the module of the gateway. */
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
    @Inject(MODULE_UNSECURED) private readonly unsecured: unknown,
  ) {}

  /** The classes of secured gateways, which are known before instances are created. */
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
        type: wrapper.metatype as Type,
        options: securedOptionsOf(wrapper.metatype as object),
        unsecured: this.unsecuredOptionsOf(wrapper.metatype as Type),
        strayOptions: strayOptionsOf(wrapper.metatype as object),
        moduleRef: wrapper.host?.getProviderByKey<ModuleRef>(ModuleRef)?.instance ?? this.moduleRef,
        isOfItsClass: (wrapper.instance as object).constructor === wrapper.metatype,
        isRequestScoped: !wrapper.isDependencyTreeStatic(),
        isTransient: wrapper.isTransient,
        transients: namesOf(wrapper.getEnhancersMetadata()?.filter(({ isTransient }) => isTransient)),
        handlers: this.handlersOf(wrapper.instance as object),
      }));
  }

  private unsecuredOptionsOf(gateway: Type): UnsecuredGatewayOptions | undefined {
    if (securedOptionsOf(gateway) || !classesIn(this.unsecured).includes(gateway)) return undefined;
    return unsecuredOptionsOf(gateway);
  }

  private handlersOf(instance: object): GatewayHandler[] {
    // oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of handlers in Nest
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

/** The options; also undefined if another decorator, of the class or a subclass, changes the path or port. */
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
