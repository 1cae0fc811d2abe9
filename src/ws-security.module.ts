import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccessRuleReader } from './auth/access-rule.js';
import { CredentialExtractor } from './handshake/credential-extractor.js';
import { PrincipalMapper } from './auth/principal-mapper.js';
import { RevocationStore } from './auth/revocation-store.js';
import { RevocationService } from './auth/revocation.service.js';
import { TicketStore } from './auth/tickets/ticket-store.js';
import { TicketService } from './auth/tickets/ticket.service.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { WsAuthGuard } from './auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from './auth/ws-authorization.guard.js';
import { Clock } from './time/clock.js';
import { ConnectionLifecycleService } from './connection/connection-lifecycle.service.js';
import { ConnectionDirectory } from './nodes/connection-directory.js';
import { ConnectionRegistry } from './connection/connection-registry.service.js';
import { DrainService } from './connection/drain.service.js';
import { ExpiryService } from './connection/expiry.service.js';
import { Faults } from './faults/faults.js';
import { HeartbeatService } from './connection/heartbeat.service.js';
import { IdleService } from './connection/idle.service.js';
import { HookTracker } from './connection/hook-tracker.js';
import { RoomPolicy } from './connection/rooms/room-policy.js';
import { Rooms } from './connection/rooms/rooms.js';
import { AwaySessions } from './connection/resume/away-sessions.js';
import { ResumeMemory } from './connection/resume/resume-memory.js';
import { ResumeStore } from './connection/resume/resume-store.js';
import { ResumeService } from './connection/resume/resume.service.js';
import { TimerWheel } from './time/timer-wheel.js';
import { AdapterPlaceholder } from './gateway/adapter.placeholder.js';
import { ChosenEnhancers } from './gateway/enhancers/chosen-enhancers.js';
import { ConnectGuards } from './gateway/guards/connect-guards.js';
import { ConnectionSetup } from './gateway/connection.setup.js';
import { GatewayAudit } from './gateway/audit/gateway-audit.js';
import { GatewayExplorer } from './gateway/gateway-explorer.js';
import { GuardChains } from './gateway/guards/guard-chains.js';
import { GatewayHooks } from './gateway/gateway-hooks.js';
import { GatewayStartProblems } from './gateway/audit/gateway-start-problems.js';
import { InBandAuth } from './login/in-band-auth.js';
import { Login } from './login/first-message-login.js';
import { ModuleSettings } from './gateway/audit/module-settings.js';
import { ProvidersInVain } from './gateway/audit/providers-in-vain.js';
import { SecuredGateways } from './gateway/secured-gateways.js';
import { WsSecurityAdapter } from './gateway/ws-security.adapter.js';
import {
  HANDSHAKE_STEP_INSTANCES,
  HANDSHAKE_STEPS,
  HandshakePipeline,
} from './handshake/handshake.pipeline.js';
import { HandshakeService } from './handshake/handshake.service.js';
import { AuthFailures } from './handshake/auth-failures.js';
import { ClientLocator } from './handshake/client/client-locator.js';
import { TlsReloader } from './handshake/tls/tls-reloader.js';
import { ConnectRate } from './handshake/connect-rate.js';
import { WrongCredentials } from './handshake/wrong-credentials.js';
import { AuthEventHandler } from './messages/auth-event.handler.js';
import { FrameDecoder } from './messages/frame-decoder.js';
import { MessageDispatcher } from './messages/message.dispatcher.js';
import { ReplyWriter } from './messages/reply.writer.js';
import { ConnectionEvents } from './observability/connection-events.js';
import { SecurityEvents } from './observability/security-events.service.js';
import { SECURITY_OPTIONS } from './options/options.token.js';
import { SettingsNotes } from './options/settings.notes.js';
import { StartProblems } from './options/start-problems.js';
import { BanService } from './throttling/bans/ban.service.js';
import { BanStore } from './throttling/bans/ban-store.js';
import { Violations } from './messages/violations.service.js';
import { WsExceptionFilter } from './messages/ws-exception.filter.js';
import { ThrottleScopeReader } from './throttling/throttle-scope.js';
import { WS_THROTTLER_STORAGE } from './throttling/throttler-storage.token.js';
import { WS_THROTTLERS } from './throttling/throttlers.token.js';
import { ValidatedBody } from './messages/validated-body.js';
import { WsThrottlerGuard } from './throttling/ws-throttler.guard.js';
import { WsValidationPipe } from './validation/ws-validation.pipe.js';
import {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  OPTIONS_TYPE,
} from './ws-security.module-definition.js';
import { CONFIGURED } from './ws-security.providers.js';

const STEPS = [...new Set<Type>(HANDSHAKE_STEPS)];

/**
 * Secures every gateway of the application.
 *
 * @publicApi
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    ...CONFIGURED,
    SettingsNotes,
    TimerWheel,
    Faults,
    RoomPolicy,
    Rooms,
    AwaySessions,
    ResumeMemory,
    ResumeService,
    ConnectionRegistry,
    ConnectionLifecycleService,
    HeartbeatService,
    ExpiryService,
    IdleService,
    HookTracker,
    DrainService,
    CredentialExtractor,
    PrincipalMapper,
    RevocationService,
    TicketService,
    AccessRuleReader,
    ThrottleScopeReader,
    ConnectRate,
    WrongCredentials,
    ClientLocator,
    AuthFailures,
    ...STEPS,
    {
      provide: HANDSHAKE_STEP_INSTANCES,
      inject: [...HANDSHAKE_STEPS],
      useFactory: (...steps: unknown[]) => steps,
    },
    HandshakePipeline,
    HandshakeService,
    TlsReloader,
    SecurityEvents,
    ConnectionEvents,
    ConnectGuards,
    FrameDecoder,
    ReplyWriter,
    BanService,
    Violations,
    WsValidationPipe,
    WsExceptionFilter,
    ChosenEnhancers,
    ValidatedBody,
    MessageDispatcher,
    GatewayExplorer,
    ModuleSettings,
    ProvidersInVain,
    GatewayAudit,
    { provide: StartProblems, useClass: GatewayStartProblems },
    GatewayHooks,
    GuardChains,
    WsAuthGuard,
    WsThrottlerGuard,
    WsAuthorizationGuard,
    SecuredGateways,
    InBandAuth,
    { provide: AuthEventHandler, useExisting: InBandAuth },
    Login,
    ConnectionSetup,
    AdapterPlaceholder,
    WsSecurityAdapter,
  ],
  exports: [
    SECURITY_OPTIONS,
    Clock,
    TokenVerifier,
    PrincipalMapper,
    WS_THROTTLER_STORAGE,
    WS_THROTTLERS,
    AccessRuleReader,
    ThrottleScopeReader,
    GuardChains,
    ChosenEnhancers,
    ValidatedBody,
    ConnectionRegistry,
    ConnectionLifecycleService,
    ConnectionDirectory,
    SecurityEvents,
    AuthFailures,
    ClientLocator,
    RevocationStore,
    RevocationService,
    TicketStore,
    TicketService,
    BanStore,
    DrainService,
    ResumeStore,
  ],
})
export class WsSecurityModule extends ConfigurableModuleClass {
  /**
   * @param options override the environment, which overrides the defaults
   * @throws WsConfigurationError while the application starts, with everything that is wrong
   */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** As {@link forRoot}, with options that other providers know. */
  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }
}
