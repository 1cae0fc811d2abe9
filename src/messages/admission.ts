import type { ServedConnection } from '../connection/served-connection.js';
import { acceptOrThrow } from '../throttling/accept-or-throw.js';
import { ForbiddenEventException, RateLimitedException } from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import type { EventTarget } from './event-target.interface.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageContext } from './message-context.js';

/**
 * Asks the built-in guards before Nest is entered, so that a flood of messages that are refused anyway costs little.
 * A guard that makes it wait is left to Nest; what was found out here, Nest does not ask for again.
 *
 * @returns undefined, also when only Nest can ask them, or what to refuse the message with
 * @throws what a guard throws
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
  // Nest asks the throttler then.
  if (wait === undefined) return undefined;
  if (typeof wait !== 'number') {
    message.counted = wait.then(acceptOrThrow);
    // It may never be asked for, when the connection ends before.
    message.counted.catch(() => undefined);
    return undefined;
  }
  if (wait > 0) return rateLimited(wait);
  message.counted = true;
  if (!guards.authorization.canActivate(context)) return FORBIDDEN;
  message.admittedAs = connection.principal;
  return undefined;
}

const FORBIDDEN = Object.freeze(new ForbiddenEventException().toBody());

/** As the exception says it, which would cost more than the whole refusal. */
function rateLimited(retryAfterMs: number): ErrorBody {
  return { ...RATE_LIMITED, retryAfterMs };
}

const RATE_LIMITED = new RateLimitedException(0).toBody();
