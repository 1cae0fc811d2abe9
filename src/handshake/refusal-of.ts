import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import type { SecurityEventDetail } from '../observability/security-event.js';
import { retrySoon } from './retry-after.js';

/** Turns any error of a step into a refusal. Errors that are not refusals are failures of the server. */
export function refusalOf(error: unknown): HandshakeRefusal {
  if (error instanceof HandshakeRefusal) return error;
  // The cause names the part that failed.
  const cause: unknown = error instanceof OverloadedException ? (error.cause ?? error) : error;
  return new HandshakeRefusal('OVERLOADED', retrySoon(), { cause });
}

/**
 * Why something was refused, for security events: the error, the check of a credential that failed, and what the step
 * adds.
 */
export function detailsOf({ cause, details }: HandshakeRefusal): Record<string, SecurityEventDetail> {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined;
  if (!(cause instanceof InvalidCredentialError)) return { reason, ...details };
  const { check, expected, verifiers } = cause;
  return { reason, check, expected, ...(verifiers.length > 0 && { verifiers }), ...details };
}
