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
import { MODULE_PROVIDERS, providersIn } from './gateway/audit/provider-token.js';
import type { WsConnectGuard } from './handshake/ws-connect.guard.js';
import { WS_THROTTLERS, type WsThrottler } from './throttling/throttlers.token.js';
import type { WsSecurityOptions } from './options/options.schema.js';

/** What `WsSecurityModule.forRoot()` takes beside the options. @publicApi */
export interface WsSecurityModuleExtras {
  /** Modules whose exports those `providers` and guards need. */
  imports?: DynamicModule['imports'];
  /** Decisions before `101` on every gateway. */
  connectGuards?: Type<WsConnectGuard>[];
  /** Guards of every gateway, after the built-in ones. A subclass of a built-in guard takes its place. */
  guards?: Type<CanActivate>[];
  /** Budgets of every message beside the default one; `@Throttle()` gives an event its own of that name. */
  throttlers?: WsThrottler[];
  /** Providers that take the place of the module's own, such as a `TokenVerifier` of the application. */
  providers?: Provider[];
}

/** What `WsSecurityModule.forRoot()` takes. @publicApi */
export type WsSecurityModuleOptions = WsSecurityOptions & WsSecurityModuleExtras;

/** What `WsSecurityModule.forRootAsync()` takes. @publicApi */
export type WsSecurityModuleAsyncOptions = ConfigurableModuleAsyncOptions<WsSecurityOptions> &
  WsSecurityModuleExtras;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: GIVEN_OPTIONS } =
  new ConfigurableModuleBuilder<WsSecurityOptions>({ moduleName: 'WsSecurity' })
    .setClassMethodName('forRoot')
    .setExtras<WsSecurityModuleExtras>(
      { imports: [], providers: [], connectGuards: [], guards: [], throttlers: [] },
      (definition, extras) => ({
        ...definition,
        global: true,
        imports: [...new Set([...(definition.imports ?? []), ...(extras.imports ?? [])])],
        providers: [
          ...(definition.providers ?? []),
          { provide: MODULE_CONNECT_GUARDS, useValue: extras.connectGuards ?? [] },
          { provide: MODULE_GUARDS, useValue: extras.guards ?? [] },
          { provide: WS_THROTTLERS, useValue: extras.throttlers ?? [] },
          { provide: MODULE_PROVIDERS, useValue: extras.providers ?? [] },
          // Of two providers with one token the later one counts.
          ...providersIn(extras.providers),
        ],
      }),
    )
    .build();
