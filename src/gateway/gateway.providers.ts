import type { Provider } from '@nestjs/common';
import { StartProblems } from '../options/start-problems.js';
import { AdapterPlaceholder } from './adapter.placeholder.js';
import { GatewayAudit } from './audit/gateway-audit.js';
import { GatewayStartProblems } from './audit/gateway-start-problems.js';
import { ModuleSettings } from './audit/module-settings.js';
import { UnusedProviders } from './audit/unused-providers.js';
import { ConnectionEntry } from './connection.entry.js';
import { ConnectionFactory } from './connection.factory.js';
import { ConnectionSetup } from './connection.setup.js';
import { ChosenEnhancers } from './enhancers/chosen-enhancers.js';
import { GatewayExplorer } from './gateway-explorer.js';
import { GatewayHooks } from './gateway-hooks.js';
import { ConnectGuards } from './guards/connect-guards.js';
import { GuardChains } from './guards/guard-chains.js';
import { SecuredGateways } from './secured-gateways.js';
import { UnsecuredGateways } from './unsecured/unsecured-gateways.js';
import { UnsecuredSetup } from './unsecured/unsecured.setup.js';
import { WsSecurityAdapter } from './ws-security.adapter.js';

/** Providers of the integration with Nest. */
export const GATEWAY_PROVIDERS: Provider[] = [
  GatewayExplorer,
  ModuleSettings,
  UnusedProviders,
  GatewayAudit,
  { provide: StartProblems, useClass: GatewayStartProblems },
  GatewayHooks,
  ConnectGuards,
  GuardChains,
  ChosenEnhancers,
  SecuredGateways,
  ConnectionFactory,
  ConnectionEntry,
  ConnectionSetup,
  UnsecuredSetup,
  UnsecuredGateways,
  AdapterPlaceholder,
  WsSecurityAdapter,
];
