import type { ServedConnection } from '../connection/served-connection.js';
import { permitOrThrow } from '../auth/ws-authorization.guard.js';
import { acceptOrThrow, type Excess, ruleOf } from '../throttling/excess.js';
import {
  ForbiddenEventException,
  RateLimitedException,
  UnauthenticatedException,
} from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import { isThenable } from '../time/maybe-promise.js';
import type { EventTarget } from './event-target.interface.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageContext } from './message-context.js';

/** The answer to a refused message, and what refused it. */
export interface Refusal {
  readonly body: ErrorBody;
  /** As in security events; undefined if the body says it. */
  readonly rule?: string;
  /** The limit that the message is over. */
  readonly excess?: Excess;
}

/**
 * Calls the built-in guards before Nest is entered, so that a flood of refused messages costs little. A guard that
 * answers later is left to Nest. Nest does not repeat decisions that were made here.
 *
 * @param connection whose principal has not expired
 * @returns the refusal of the message; undefined if it is admitted or only Nest can call the guards
 * @throws the exception of a guard
 */
export function admit(
  client: object,
  connection: ServedConnection,
  message: InboundMessage,
  { gateway, handler, guards }: EventTarget,
): Refusal | undefined {
  if (!guards) return undefined;
  const { authentication, throttler, authorization } = guards;
  const context = new MessageContext(client, message, gateway, handler);
  message.context = context;
  if (!authentication.isKnown(context)) return UNAUTHENTICATED;
  const excess = throttler.excessOf(context);
  if (excess !== null) {
    // Nest will call the throttler.
    if (excess === undefined) return undefined;
    if (!isThenable(excess)) return rateLimited(excess);
    message.counted = Promise.resolve(excess).then(acceptOrThrow);
    // Avoids an unhandled rejection if the connection ends before the result is used.
    message.counted.catch(() => undefined);
    return undefined;
  }
  message.counted = true;
  message.admittedAs = connection.principal;
  const refusedBy = authorization.refusalOf(context);
  if (refusedBy === null) return undefined;
  if (!isThenable(refusedBy)) return { body: FORBIDDEN, rule: refusedBy };
  message.admitted = refusedBy.then(permitOrThrow);
  message.admitted.catch(() => undefined);
  return undefined;
}

// The bodies of exceptions, without the exceptions, which would cost more than the rest of a refusal.
const UNAUTHENTICATED: Refusal = { body: Object.freeze(new UnauthenticatedException().toBody()) };
const FORBIDDEN = Object.freeze(new ForbiddenEventException().toBody());
const { retryAfterMs: _wait, ...rest } = new RateLimitedException(0).toBody();
const RATE_LIMITED = Object.freeze(rest);

function rateLimited(excess: Excess): Refusal {
  return { body: RATE_LIMITED, rule: ruleOf(excess), excess };
}
