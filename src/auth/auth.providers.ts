import type { Provider } from '@nestjs/common';
import { AccessRuleReader } from './access-rule.js';
import { PrincipalFactory } from './principal.factory.js';
import { PrincipalMapper } from './principal-mapper.js';
import { RevocationService } from './revocation.service.js';
import { TicketService } from './tickets/ticket.service.js';
import { LiveApiKeys } from './verifiers/live-api-keys.js';
import { WsAuthGuard } from './ws-auth.guard.js';
import { WsAuthorizationGuard } from './ws-authorization.guard.js';

/** Authentication and authorization. The module itself creates the verifier, from its options. */
export const AUTH_PROVIDERS: Provider[] = [
  PrincipalMapper,
  PrincipalFactory,
  RevocationService,
  TicketService,
  LiveApiKeys,
  AccessRuleReader,
  WsAuthGuard,
  WsAuthorizationGuard,
];
