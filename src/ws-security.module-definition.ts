import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import type { WsSecurityOptions } from './options/options.schema.js';

interface ModuleExtras {
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
  .setExtras<ModuleExtras>({ providers: [] }, (definition, { providers = [] }) => ({
    ...definition,
    global: true,
    // Of two providers with one token the later one counts.
    providers: [...(definition.providers ?? []), ...providers],
  }))
  .build();
