import {
  type CanActivate,
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { MODULE_CONNECT_GUARDS } from './gateway/guards/connect-guards.js';
import { MODULE_GUARDS } from './gateway/guards/guard-chains.js';
import { MODULE_UNSECURED } from './gateway/unsecured/unsecured-list.js';
import { MODULE_PROVIDERS, providersIn } from './gateway/audit/provider-token.js';
import type { WsConnectGuard } from './handshake/ws-connect.guard.js';
import { WS_THROTTLERS, type WsThrottler } from './throttling/throttlers.token.js';
import type { WsSecurityOptions } from './options/options.schema.js';

/** The properties of `WsSecurityModule.forRoot()` in addition to the options. @publicApi */
export interface WsSecurityModuleExtras {
  /** Modules whose exports are needed by `providers` and guards. */
  imports?: DynamicModule['imports'];
  /** Connect guards of every gateway, unsecured ones too, which run before `101`. */
  connectGuards?: Type<WsConnectGuard>[];
  /** Guards of every secured gateway, which run after the built-in ones. A subclass of a built-in guard replaces it. */
  guards?: Type<CanActivate>[];
  /**
   * Named throttlers for every message, in addition to the default one. `@Throttle()` gives an event its own budget.
   */
  throttlers?: WsThrottler[];
  /**
   * Gateways that keep `@WebSocketGateway()` for the time being. They are served as by Nest's own `WsAdapter`, behind
   * the same handshake and frame limits, but without authentication, authorization and validation. In production the
   * start also needs `WS_ALLOW_UNSECURED=true`.
   */
  unsecured?: Type[];
  /** Providers that replace the module's own, such as a `TokenVerifier` of the application. */
  providers?: Provider[];
}

/** The argument of `WsSecurityModule.forRoot()`. @publicApi */
export type WsSecurityModuleOptions = WsSecurityOptions & WsSecurityModuleExtras;

/** The argument of `WsSecurityModule.forRootAsync()`. @publicApi */
export type WsSecurityModuleAsyncOptions = ConfigurableModuleAsyncOptions<WsSecurityOptions> &
  WsSecurityModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: GIVEN_OPTIONS } =
  new ConfigurableModuleBuilder<WsSecurityOptions>({ moduleName: 'WsSecurity' })
    .setClassMethodName('forRoot')
    .setExtras<WsSecurityModuleExtras>(
      { imports: [], providers: [], connectGuards: [], guards: [], throttlers: [], unsecured: [] },
      (definition, extras) => ({
        ...definition,
        global: true,
        imports: [...new Set([...(definition.imports ?? []), ...(extras.imports ?? [])])],
        providers: [
          ...(definition.providers ?? []),
          { provide: MODULE_CONNECT_GUARDS, useValue: extras.connectGuards ?? [] },
          { provide: MODULE_GUARDS, useValue: extras.guards ?? [] },
          { provide: WS_THROTTLERS, useValue: extras.throttlers ?? [] },
          { provide: MODULE_UNSECURED, useValue: extras.unsecured ?? [] },
          { provide: MODULE_PROVIDERS, useValue: extras.providers ?? [] },
          // If two providers have the same token, the later one is used.
          ...providersIn(extras.providers),
        ],
      }),
    )
    .build();
