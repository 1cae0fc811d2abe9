import { ConfigurableModuleBuilder, type Provider, type Type } from '@nestjs/common';
import { MODULE_CONNECT_GUARDS } from './gateway/connect-guards.js';
import type { WsConnectGuard } from './handshake/ws-connect.guard.js';
import type { WsSecurityOptions } from './options/options.schema.js';

interface ModuleExtras {
  /** Decisions before `101` on every gateway. */
  connectGuards?: Type<WsConnectGuard>[];
  /** Providers that take the place of the module's own, such as a `TokenVerifier` of the application. */
  providers?: Provider[];
}

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: GIVEN_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<WsSecurityOptions>({ moduleName: 'WsSecurity' })
  .setClassMethodName('forRoot')
  .setExtras<ModuleExtras>({ providers: [], connectGuards: [] }, (definition, extras) => ({
    ...definition,
    global: true,
    providers: [
      ...(definition.providers ?? []),
      { provide: MODULE_CONNECT_GUARDS, useValue: extras.connectGuards ?? [] },
      // Of two providers with one token the later one counts.
      ...(extras.providers ?? []),
    ],
  }))
  .build();
