import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { WsSecurityOptions } from './options/options.schema.js';

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: GIVEN_OPTIONS,
  OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<WsSecurityOptions>({ moduleName: 'WsSecurity' })
  .setClassMethodName('forRoot')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();
