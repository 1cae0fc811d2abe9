import type { ServedConnection } from '../connection/served-connection.js';
import { acceptOrThrow } from '../throttling/accept-or-throw.js';
import { ForbiddenEventException, RateLimitedException } from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import type { EventTarget } from './event-target.interface.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageContext } from './message-context.js';

/**
 * Calls the built-in guards before Nest is entered, so that a flood of refused messages costs little. A guard that
 * answers later is left to Nest. Nest does not repeat decisions that were made here.
 *
 * @returns the refusal of the message; undefined if it is admitted or only Nest can call the guards
 * @throws the exception of a guard
 */
export function admit(
  client: object,
  connection: ServedConnection,
  message: InboundMessage,
  { gateway, handler, guards }: EventTarget,
): ErrorBody | undefined {
  if (!guards) return undefined;
  const context = new MessageContext(client, message, gateway, handler);
  if (!guards.authentication.canActivate(context)) return FORBIDDEN;
  const wait = guards.throttler.waitOf(context);
  // Nest will call the throttler.
  if (wait === undefined) return undefined;
  if (typeof wait !== 'number') {
    message.counted = wait.then(acceptOrThrow);
    // Avoids an unhandled rejection if the connection ends before the result is used.
    message.counted.catch(() => undefined);
    return undefined;
  }
  if (wait > 0) return rateLimited(wait);
  message.counted = true;
  const admitted = guards.authorization.canActivate(context);
  if (admitted === false) return FORBIDDEN;
  message.admittedAs = connection.principal;
  message.admitted = admitted;
  if (admitted !== true) admitted.catch(() => undefined);
  return undefined;
}

const FORBIDDEN = Object.freeze(new ForbiddenEventException().toBody());

/** The body of the exception, without the exception, which would cost more than the whole refusal. */
function rateLimited(retryAfterMs: number): ErrorBody {
  return { ...RATE_LIMITED, retryAfterMs };
}

const RATE_LIMITED = new RateLimitedException(0).toBody();
