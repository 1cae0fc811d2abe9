import type { ConnectionAuth } from '../connection/connection-auth.js';
import type { CloseCause } from '../connection/connection-event.js';
import type { CredentialCheck, VerifierRefusal } from '../errors/credential-check.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { HandshakeCode } from '../protocol/handshake-code.js';
import type { OwaspKeyword } from './owasp-keywords.js';

/** How much an event matters to an operator. @publicApi */
export type SecurityEventSeverity = 'info' | 'warn' | 'error';

/** The number of messages that were refused with the same code, by the same rule. @publicApi */
export interface RefusedMessages {
  readonly code: ErrorCode;
  /** The event, as far as it is known. */
  readonly event?: string | undefined;
  /** What refused them: the missing role or scope, the throttler, or the guard. */
  readonly rule?: string | undefined;
  readonly count: number;
}

/** An address and the number of events it caused. @publicApi */
export interface BusyAddress {
  readonly address: string;
  /** At most too high by what less busy addresses caused. */
  readonly count: number;
}

/** The fields that every security event has. @publicApi */
export interface SecurityEventHead {
  /** UTC, ISO 8601. */
  readonly time: string;
  /** The version of this schema. */
  readonly schema: 'ws-security/1';
  /** The keyword of the OWASP Logging Vocabulary. */
  readonly owasp: OwaspKeyword;
  readonly severity: SecurityEventSeverity;
  readonly outcome: 'success' | 'failure';
  /** `WS_SERVICE_NAME`. */
  readonly 'service.name': string;
  /** `WS_NODE_ID`. */
  readonly 'service.instance.id': string;
}

/** All fields that a security event can have in addition to its head. Durations are milliseconds. @publicApi */
export interface SecurityEventFields {
  /** The id of the connection, which the client knows too. */
  readonly connection: string;
  /** The trace of the `traceparent` header that came with the handshake. */
  readonly trace_id: string;
  readonly 'user.id': string;
  readonly 'user.issuer': string;
  /** The place of the credential. */
  readonly 'auth.source': ConnectionAuth['source'];
  readonly 'auth.kind': ConnectionAuth['kind'];
  /** The first 12 hex digits of the SHA-256 of the session id. */
  readonly session: string;
  /** The address of the client, as limits use it. */
  readonly 'client.address': string;
  readonly 'url.path': string;
  readonly origin: string;
  readonly user_agent: string;
  /** The subprotocol that was chosen. */
  readonly subprotocol: string;
  /** The code of a refusal. */
  readonly code: HandshakeCode | ErrorCode;
  /** The HTTP status of a refusal. */
  readonly status: number;
  readonly 'close.code': number;
  readonly 'close.cause': CloseCause;
  readonly reason: string;
  /** The event of a message. */
  readonly event: string;
  /** What refused: the missing role or scope, the throttler, the guard, or the limit. */
  readonly rule: string;
  /** Numbers by error code, or of what an act reached. */
  readonly counts: Readonly<Record<string, number>>;
  /** Refused messages by code, event and rule. */
  readonly refusals: readonly RefusedMessages[];
  /** The number of refused messages that are not in `refusals`. */
  readonly others: number;
  /** The properties of a body that violate a rule. */
  readonly fields: readonly string[];
  /** How long a connection was open. */
  readonly duration_ms: number;
  /** Bytes read from the socket of a connection. */
  readonly received: number;
  /** Bytes written to the socket of a connection. */
  readonly sent: number;
  /** The number of events that were not written. */
  readonly suppressed: number;
  /** The type of the events that were not written. */
  readonly of: string;
  /** The busiest addresses, the busiest first. */
  readonly top: readonly BusyAddress[];
  /** The operator who acted. */
  readonly 'actor.id': string;
  /** Whom or what an act is about, for example `user alice`, `address 192.0.2.1` or `room lobby`. */
  readonly target: string;
  /** Why the operator acted. */
  readonly note: string;
  /** When a ban, a revocation or a ticket ends: UTC, ISO 8601. */
  readonly until: string;
  /** The check of a credential that failed. */
  readonly check: CredentialCheck;
  /** What is configured, if the check compares the credential with that. */
  readonly expected: string;
  /** The verifiers that were asked, with what each of them says. */
  readonly verifiers: readonly VerifierRefusal[];
  /** What would have been accepted. */
  readonly allowed: string;
  readonly host: string;
  readonly transport: string;
  /** The cap of connections: `node`, `address` or `user`. */
  readonly cap: string;
  /** The limit of a cap or a throttler. */
  readonly limit: number;
  readonly throttler: string;
  readonly ttl_ms: number;
  /** The class of a gateway. */
  readonly gateway: string;
  /** A hook of a gateway. */
  readonly hook: 'handleConnection' | 'handleDisconnect';
  /** The class of a guard. */
  readonly guard: string;
  /** What a refusal of the application adds. */
  readonly details: Readonly<Record<string, string | number>>;
  readonly 'roles.from': readonly string[];
  readonly 'roles.to': readonly string[];
  readonly 'scopes.from': readonly string[];
  readonly 'scopes.to': readonly string[];
  /** The version of this package. */
  readonly version: string;
  /** A fingerprint of the settings in force, without secrets. Nodes with the same settings have the same one. */
  readonly settings: string;
  /** The reasons of `@UnvalidatedBody()`. */
  readonly unvalidated: readonly string[];
  /** The number of open connections. */
  readonly connections: number;
  /** The number of connections whose requests were answered before they were closed. */
  readonly answered: number;
  /** The number of connections that were cut at the deadline. */
  readonly cut: number;
  /** The verifier that an event is about. */
  readonly verifier: string;
  /** The number of keys in use. */
  readonly keys: number;
  /** The store that an event is about. */
  readonly store: string;
  readonly serial_number: string;
  readonly valid_to: string;
  /** The tag of the keys in Redis that are concerned. */
  readonly partition: string;
  readonly stream: 'control' | 'bus';
  /** By how much a clock moved. */
  readonly step_ms: number;
  readonly scope: string;
  readonly count: number;
}

/** The name of a field. @publicApi */
export type SecurityEventField = keyof SecurityEventFields;
