import type { Connection } from '../connection/connection.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import type { EventTarget } from './event-target.interface.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageContext } from './message-context.js';

/**
 * Asks the built-in guards before Nest is entered, so that a flood of messages that are refused anyway costs little.
 * A guard that makes it wait is left to Nest; what was found out here, Nest does not ask for again.
 *
 * @throws what a guard throws
 */
export function admit(
  client: object,
  connection: Connection,
  message: InboundMessage,
  { gateway, handler, guards }: EventTarget,
): void {
  const context = new MessageContext(client, message, gateway, handler);
  demand(guards.authentication.canActivate(context));
  const counted = guards.throttler.canActivate(context);
  if (counted instanceof Promise) {
    // It may never be asked for, when the connection ends before.
    counted.catch(() => undefined);
    message.counted = counted;
    return;
  }
  demand(counted);
  message.counted = true;
  demand(guards.authorization.canActivate(context));
  message.admittedAs = connection.principal;
}

function demand(answer: unknown): void {
  if (answer !== true) throw new ForbiddenEventException();
}
