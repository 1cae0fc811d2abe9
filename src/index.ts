export { WsSecurityModule } from './ws-security.module.js';
export { SecureGateway } from './gateway/secure-gateway.decorator.js';
export { WsContract } from './contract/ws-contract.js';
export { WsContractModule } from './contract/served/ws-contract.module.js';
export { WsPush } from './contract/declarations/ws-push.decorator.js';
export { WsReply } from './contract/declarations/ws-reply.decorator.js';
export { onEvent } from './gateway/events/on-event.js';
export { WsAuthenticated, WsPublic, WsRoles, WsScopes } from './auth/access.decorators.js';
export { CurrentConnection, CurrentPrincipal } from './auth/current.decorators.js';
export { CredentialExtractor } from './handshake/credential-extractor.js';
export { PrincipalFactory } from './auth/principal.factory.js';
export { PrincipalMapper } from './auth/principal-mapper.js';
export { MemoryRevocationStore, RevocationStore } from './auth/revocation-store.js';
export { RevocationService } from './auth/revocation.service.js';
export { MemoryTicketStore, TicketStore } from './auth/tickets/ticket-store.js';
export { TicketService } from './auth/tickets/ticket.service.js';
export { MAX_TOKEN_BYTES, TokenVerifier } from './auth/token-verifier.js';
export { WsAuthGuard } from './auth/ws-auth.guard.js';
export { WsAuthorizationGuard } from './auth/ws-authorization.guard.js';
export { AccessRuleReader } from './auth/access-rule.js';
export { Clock } from './time/clock.js';
export { TimerWheel } from './time/timer-wheel.js';
export { Faults } from './faults/faults.js';
export { Connection } from './connection/connection.js';
export { ConnectionLifecycleService } from './connection/connection-lifecycle.service.js';
export { connectionOf } from './connection/connection-of.js';
export { ConnectionDirectory, MemoryConnectionDirectory } from './nodes/connection-directory.js';
export { ClusterSignals, MemoryClusterSignals } from './nodes/cluster-signals.js';
export { BroadcastBus, LocalBroadcastBus } from './nodes/broadcast-bus.js';
export { MemoryNodeQuestions, NodeQuestions } from './nodes/node-questions.js';
export { NodeIdentity } from './nodes/node-identity.js';
export { ResumeMemory } from './connection/resume/resume-memory.js';
export { MemoryResumeStore, ResumeStore } from './connection/resume/resume-store.js';
export { hashOfResumeToken, nodeOfResumeToken } from './connection/resume/resume-token.js';
export { RoomPolicy } from './connection/rooms/room-policy.js';
export { DrainService } from './connection/drain.service.js';
export { ConnectionRegistry } from './connection/connection-registry.js';
export { ANONYMOUS } from './connection/principal.js';
export { WsConfigurationError } from './errors/configuration.error.js';
export { HandshakeRefusal } from './errors/handshake.refusal.js';
export { CREDENTIAL_CHECKS } from './errors/credential-check.js';
export { InvalidCredentialError } from './errors/invalid-credential.error.js';
export { ProviderUnavailableError } from './errors/provider-unavailable.error.js';
export {
  BadMessageException,
  ForbiddenEventException,
  InternalErrorException,
  OverloadedException,
  RateLimitedException,
  TokenExpiredException,
  UnauthenticatedException,
  UnknownEventException,
  ValidationFailedException,
} from './errors/ws-exceptions.js';
export { WsSecurityException } from './errors/ws-security.exception.js';
export { AuthFailures } from './handshake/auth-failures.js';
export { ClientLocator } from './handshake/client/client-locator.js';
export { Handshake } from './handshake/handshake.js';
export { tlsOptionsFromEnv } from './handshake/tls/tls-options.js';
export { WsConnectGuard } from './handshake/ws-connect.guard.js';
export { WsExceptionFilter } from './messages/ws-exception.filter.js';
export { WsPolicyGuard } from './messages/ws-policy.guard.js';
export { WsHealth } from './observability/health/ws-health.js';
export { WsMetrics } from './observability/metrics/ws-metrics.js';
export { OWASP_KEYWORDS } from './observability/owasp-keywords.js';
export { SecurityEventSink, StdoutSink } from './observability/security-event-sink.js';
export { SecurityEvents } from './observability/security-events.js';
export { SECURITY_EVENT_TABLE } from './observability/security-event-table.js';
export { SECURITY_EVENT_TYPES } from './observability/security-event.js';
export { CREDENTIAL_SOURCES, OPTIONS } from './options/options.schema.js';
export { InjectSecurityOptions, SECURITY_OPTIONS } from './options/options.token.js';
export { CloseCode } from './protocol/close-code.enum.js';
export { ERROR_CODES } from './protocol/error-code.js';
export { HANDSHAKE_STATUS } from './protocol/handshake-code.js';
export { reconnectAdvice } from './protocol/reconnect-advice.js';
export { WS_SECURITY_PROTOCOL } from './protocol/subprotocol.js';
export { BanStore, MemoryBanStore } from './throttling/bans/ban-store.js';
export { BanService } from './throttling/bans/ban.service.js';
export { SlidingWindowStorage } from './throttling/sliding-window.storage.js';
export { ThrottleScopeReader } from './throttling/throttle-scope.js';
export { InjectWsThrottlerStorage, WS_THROTTLER_STORAGE } from './throttling/throttler-storage.token.js';
export { WsCost } from './throttling/ws-cost.decorator.js';
export { WsThrottlerGuard } from './throttling/ws-throttler.guard.js';
export { AllowCharacters } from './validation/characters.js';
export { NormalizeUnicode, PlainText, SanitizeHtml, Trim } from './validation/sanitizer.decorators.js';
export { UnvalidatedBody } from './validation/unvalidated-body.decorator.js';
export { WsValidationPipe } from './validation/ws-validation.pipe.js';

export type { WsContractModuleOptions } from './contract/served/ws-contract.module.js';
export type { AsyncApiDocument } from './contract/ws-contract.js';
export type { WsContractOptions } from './contract/contract-options.js';
export type { ContractSchema, ContractType } from './contract/declarations/contract-type.js';
export type { WsReplyOptions } from './contract/declarations/ws-reply.decorator.js';
export type { SchemaConverters, ToJsonSchema } from './contract/schema/schema-library.js';
export type { Callable } from './nest/handler-metadata.js';
export type { MaybePromise } from './time/maybe-promise.js';
export type { WheelTimer } from './time/timer-wheel.js';
export type { ConnectionSocket } from './connection/connection-parts.interface.js';
export type { Endpoint, EndpointPolicy } from './handshake/handshake.js';
export type { UpgradeRequest } from './handshake/upgrade-request.js';
export type { TlsMaterial } from './handshake/tls/tls-material.js';
export type { JwtAlgorithm } from './options/jwt-algorithms.js';
export type { Environment } from './options/environment.js';
export type {
  GivenOptions,
  OptionDefinition,
  OptionSchema,
  OptionsInForce,
  OptionsTable,
} from './options/options-table.js';
export type {
  WsSecurityModuleAsyncOptions,
  WsSecurityModuleExtras,
  WsSecurityModuleOptions,
} from './ws-security.module-definition.js';
export type { StoredRevocation } from './auth/revocation-store.js';
export type { StoredBan } from './throttling/bans/ban-store.js';
export type { AccessRule } from './auth/access-rule.js';
export type { Credential, CredentialKind, CredentialSource, TokenKind } from './auth/credential.js';
export type { ConnectionAuth } from './connection/connection-auth.js';
export type { ClientDetails, CloseCause, ConnectionEvent } from './connection/connection-event.js';
export type { GiveSession, LeftSession } from './connection/resume/resume-store.js';
export type { KeptText, SessionSnapshot } from './connection/resume/session-snapshot.js';
export type { ApplySignal, ClusterSignal, KickSignal, RightsSignal } from './nodes/cluster-signals.js';
export type { AnswerQuestion, NodeAnswer, NodeAnswers } from './nodes/node-questions.js';
export type { Audience, Broadcast, Position } from './nodes/broadcast-bus.js';
export type { TypedConnection } from './connection/connection.js';
export type { TypedConnectionRegistry } from './connection/connection-registry.js';
export type { PartHealth } from './connection/part-health.js';
export type { Principal, PrincipalKind } from './connection/principal.js';
export type { SenderProof } from './connection/sender-proof.js';
export type { ConfigurationProblem } from './errors/configuration.error.js';
export type { RefusalDetails, WsSecurityExceptionOptions } from './errors/ws-security.exception.js';
export type { ClientOrigin } from './handshake/client/client-address.js';
export type { TlsServerOptions } from './handshake/tls/tls-options.js';
export type { OnEvent } from './gateway/events/on-event.js';
export type {
  Acknowledged,
  CheckedHandler,
  ContractMismatch,
  HandlerResult,
  TakesBody,
} from './gateway/events/checked-handler.js';
export type { SecureGatewayOptions } from './gateway/secure-gateway-options.js';
export type {
  MetricDescription,
  MetricDistribution,
  MetricFamily,
  MetricLabels,
  MetricValue,
} from './observability/metrics/metric-family.js';
export type { HealthResult, Readiness, ReadinessReason } from './observability/health/ws-health.js';
export type { CredentialCheck, VerifierName, VerifierRefusal } from './errors/credential-check.js';
export type { HandshakeRefusalOptions } from './errors/handshake.refusal.js';
export type { InvalidCredentialOptions } from './errors/invalid-credential.error.js';
export type { OwaspKeyword } from './observability/owasp-keywords.js';
export type {
  NewSecurityEvent,
  SecurityEvent,
  SecurityEventDetails,
  SecurityEventHas,
  SecurityEventMay,
  SecurityEventOf,
  SecurityEventType,
} from './observability/security-event.js';
export type {
  BusyAddress,
  RefusedMessages,
  SecurityEventField,
  SecurityEventFields,
  SecurityEventHead,
  SecurityEventSeverity,
} from './observability/security-event-fields.js';
export type { PolicyRequest } from './messages/ws-policy.guard.js';
export type { ResolvedOptions, WsSecurityOptions } from './options/options.schema.js';
export type {
  ErrorBody,
  ErrorFrame,
  FieldError,
  FrameId,
  PushFrame,
  ReplyFrame,
  RequestFrame,
} from './protocol/envelope.js';
export type { GoodbyeBody, SessionBody } from './protocol/envelope.js';
export type { ErrorCode } from './protocol/error-code.js';
export type { HandshakeCode } from './protocol/handshake-code.js';
export type { ReconnectAdvice } from './protocol/reconnect-advice.js';
export type { CharacterKind } from './validation/characters.js';
export type { SanitizeHtmlOptions } from './validation/sanitizer.decorators.js';
export type { WsThrottler } from './throttling/throttlers.token.js';
export type { DeclaredLimit } from './throttling/declared-limit.interface.js';
export type { BudgetState, WsThrottlerStorage } from './throttling/ws-throttler-storage.interface.js';
export type { ThrottlerVerdict } from './throttling/throttler-verdict.interface.js';
export type { Jsonified, JsonValue } from './protocol/jsonified.js';
export type {
  BodyOf,
  IsStream,
  PushName,
  PushOf,
  ReplyOf,
  RequestName,
  RequestOf,
  WsEvents,
} from './protocol/ws-events.js';
