import { isReservedEvent } from '../protocol/reserved-event.js';
import type { MessageCheck } from './client-options.interface.js';

/**
 * Applies a check, except to the protocol's own events. @throws the error of the check, or TypeError if it returns
 * false
 */
export function pass(check: MessageCheck | undefined, event: string, data: unknown): void {
  if (check && !isReservedEvent(event) && check(event, data) === false) {
    throw new TypeError('Refused');
  }
}
