import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TIME_PROVIDERS } from './time/time.providers.js';
import { FAULT_PROVIDERS } from './faults/faults.providers.js';
import { CONNECTION_PROVIDERS } from './connection/connection.providers.js';
import { OBSERVABILITY_PROVIDERS } from './observability/observability.providers.js';
import { AUTH_PROVIDERS } from './auth/auth.providers.js';
import { THROTTLING_PROVIDERS } from './throttling/throttling.providers.js';
import { VALIDATION_PROVIDERS } from './validation/validation.providers.js';
import { HANDSHAKE_PROVIDERS } from './handshake/handshake.providers.js';
import { MESSAGE_PROVIDERS } from './messages/messages.providers.js';
import { LOGIN_PROVIDERS } from './login/login.providers.js';
import { REPORT_PROVIDERS } from './reports/reports.providers.js';
import { GATEWAY_PROVIDERS } from './gateway/gateway.providers.js';
import { CONTRACT_PROVIDERS } from './contract/contract.providers.js';
import { WsContract } from './contract/ws-contract.js';
import { AccessRuleReader } from './auth/access-rule.js';
import { PrincipalFactory } from './auth/principal.factory.js';
import { PrincipalMapper } from './auth/principal-mapper.js';
import { RevocationStore } from './auth/revocation-store.js';
import { RevocationService } from './auth/revocation.service.js';
import { TicketStore } from './auth/tickets/ticket-store.js';
import { TicketService } from './auth/tickets/ticket.service.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { Clock } from './time/clock.js';
import { ConnectionLifecycleService } from './connection/connection-lifecycle.service.js';
import { ClusterSignals } from './nodes/cluster-signals.js';
import { ConnectionDirectory } from './nodes/connection-directory.js';
import { NodeQuestions } from './nodes/node-questions.js';
import { NodeIdentity } from './nodes/node-identity.js';
import { ConnectionRegistry } from './connection/connection-registry.js';
import { DrainService } from './connection/drain.service.js';
import { ResumeStore } from './connection/resume/resume-store.js';
import { ChosenEnhancers } from './gateway/enhancers/chosen-enhancers.js';
import { SecuredGateways } from './gateway/secured-gateways.js';
import { ViolationService } from './messages/violation.service.js';
import { Faults } from './faults/faults.js';
import { TimerWheel } from './time/timer-wheel.js';
import { GuardChains } from './gateway/guards/guard-chains.js';
import { AuthFailures } from './handshake/auth-failures.js';
import { ClientLocator } from './handshake/client/client-locator.js';
import { SecurityEventSink } from './observability/security-event-sink.js';
import { SecurityEvents } from './observability/security-events.js';
import { WsHealth } from './observability/health/ws-health.js';
import { WsMetrics } from './observability/metrics/ws-metrics.js';
import { MountedParts } from './options/mounted-parts.js';
import { SECURITY_OPTIONS } from './options/options.token.js';
import { BanStore } from './throttling/bans/ban-store.js';
import { BanService } from './throttling/bans/ban.service.js';
import { DeclaredLimits } from './throttling/declared-limits.js';
import { HitCounter } from './throttling/hit-counter.js';
import { ThrottleScopeReader } from './throttling/throttle-scope.js';
import { WS_THROTTLER_STORAGE } from './throttling/throttler-storage.token.js';
import { WS_THROTTLERS } from './throttling/throttlers.token.js';
import { ValidatedBody } from './messages/validated-body.js';
import {
  ConfigurableModuleClass,
  type WsSecurityModuleAsyncOptions,
  type WsSecurityModuleOptions,
} from './ws-security.module-definition.js';
import { Counters } from './counters/counters.js';
import { METRIC_PROVIDERS } from './ws-security.metrics.js';
import { HEALTH_PROVIDERS } from './ws-security.health.js';
import { CONFIGURED_PROVIDERS } from './ws-security.providers.js';
import { STORE_PROVIDERS } from './ws-security.stores.js';

/**
 * Secures all gateways of the application.
 *
 * @publicApi
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...CONFIGURED_PROVIDERS,
    ...TIME_PROVIDERS,
    Counters,
    ...FAULT_PROVIDERS,
    ...STORE_PROVIDERS,
    ...CONNECTION_PROVIDERS,
    ...OBSERVABILITY_PROVIDERS,
    ...HEALTH_PROVIDERS,
    ...METRIC_PROVIDERS,
    ...AUTH_PROVIDERS,
    ...THROTTLING_PROVIDERS,
    ...VALIDATION_PROVIDERS,
    ...HANDSHAKE_PROVIDERS,
    ...MESSAGE_PROVIDERS,
    ...LOGIN_PROVIDERS,
    ...GATEWAY_PROVIDERS,
    ...CONTRACT_PROVIDERS,
    ...REPORT_PROVIDERS,
  ],
  exports: [
    SECURITY_OPTIONS,
    MountedParts,
    Clock,
    TokenVerifier,
    PrincipalMapper,
    PrincipalFactory,
    WS_THROTTLER_STORAGE,
    WS_THROTTLERS,
    AccessRuleReader,
    ThrottleScopeReader,
    DeclaredLimits,
    HitCounter,
    GuardChains,
    ChosenEnhancers,
    ValidatedBody,
    ConnectionRegistry,
    ConnectionLifecycleService,
    ConnectionDirectory,
    ClusterSignals,
    SecurityEvents,
    SecurityEventSink,
    WsHealth,
    WsContract,
    WsMetrics,
    AuthFailures,
    ClientLocator,
    RevocationStore,
    RevocationService,
    TicketStore,
    TicketService,
    BanStore,
    BanService,
    DrainService,
    ResumeStore,
    NodeIdentity,
    NodeQuestions,
    Faults,
    TimerWheel,
    SecuredGateways,
    ViolationService,
  ],
})
export class WsSecurityModule {
  /**
   * @param options take precedence over the environment, then the defaults
   * @throws WsConfigurationError while the application starts, with all problems
   */
  static forRoot(options: WsSecurityModuleOptions = {}): DynamicModule {
    return { ...ConfigurableModuleClass.forRoot(options), module: this };
  }

  /** Like {@link forRoot}, with options from other providers. */
  static forRootAsync(options: WsSecurityModuleAsyncOptions): DynamicModule {
    return { ...ConfigurableModuleClass.forRootAsync(options), module: this };
  }
}
