import { errorTitleOf } from '../faults/error-text.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { OverloadedException } from '../errors/ws-exceptions.js';
import type { SecurityEventFields } from '../observability/security-event-fields.js';
import { retrySoon } from './retry-after.js';

type Reasons = Partial<
  Pick<
    SecurityEventFields,
    | 'reason'
    | 'check'
    | 'expected'
    | 'verifiers'
    | 'allowed'
    | 'details'
    | 'throttler'
    | 'limit'
    | 'ttl_ms'
    | 'cap'
    | 'guard'
  >
>;

/** The details that are fields of events, with their types. All others are an application's own. */
const FIELDS: Readonly<Record<string, 'string' | 'number'>> = {
  reason: 'string',
  allowed: 'string',
  host: 'string',
  transport: 'string',
  cap: 'string',
  guard: 'string',
  throttler: 'string',
  limit: 'number',
  ttl_ms: 'number',
};

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
export function detailsOf({ cause, details }: HandshakeRefusal): Reasons {
  const reason = cause instanceof Error ? errorTitleOf(cause) : undefined;
  return { ...(reason !== undefined && { reason }), ...checkOf(cause), ...fieldsOf(details) };
}

function checkOf(cause: unknown): Reasons {
  if (!(cause instanceof InvalidCredentialError)) return {};
  const { check, expected, verifiers } = cause;
  return {
    check,
    ...(expected !== undefined && { expected }),
    ...(verifiers.length > 0 && { verifiers }),
  };
}

/** An application may add what it likes to its refusals, but not change what the module says. */
function fieldsOf(details: HandshakeRefusal['details']): Reasons {
  const entries = Object.entries(details);
  const isField = ([name, value]: [string, unknown]): boolean => FIELDS[name] === typeof value;
  const own = entries.filter((entry) => !isField(entry));
  return {
    ...Object.fromEntries(entries.filter(isField)),
    ...(own.length > 0 && { details: Object.fromEntries(own) }),
  };
}
