import type { VerifierRefusal } from '../errors/credential-check.js';
import type { ErrorCode } from '../protocol/error-code.js';

/** All types of security events. @publicApi */
export const SECURITY_EVENT_TYPES = [
  'handshake.refused',
  'connection.accepted',
  'connection.authenticated',
  'connection.refreshed',
  'connection.idle',
  'connection.closed',
  'authentication.refused',
  'messages.refused',
  'ban.failed',
  'tls.reloaded',
  'tls.reload-failed',
  'api-keys.reload-failed',
  'node.draining',
  'cluster.up',
  'cluster.down',
  'cluster.gap',
  'cluster.over-cap',
  'cluster.returned',
  'cluster.memory-lost',
  'cluster.failover',
  'cluster.clock-step',
  'cluster.push-local',
  'cluster.version',
] as const;

/** The type of a security event. @publicApi */
export type SecurityEventType = (typeof SECURITY_EVENT_TYPES)[number];

/** The number of messages that were refused with the same code, by the same rule. @publicApi */
export interface RefusedMessages {
  readonly code: ErrorCode;
  /** The event, as far as it is known. */
  readonly event?: string | undefined;
  /** What refused them: the missing role or scope, the throttler, or the guard. */
  readonly rule?: string | undefined;
  readonly count: number;
}

/** A value of a security event. @publicApi */
export type SecurityEventDetail =
  string | number | null | undefined | readonly VerifierRefusal[] | readonly RefusedMessages[];

/** An event for operators. Details never contain a credential or a body. @publicApi */
export interface SecurityEvent {
  /** The type, for example `handshake.refused`. */
  readonly type: SecurityEventType;
  readonly [detail: string]: SecurityEventDetail;
}
