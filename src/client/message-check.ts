import { isReservedEvent } from '../protocol/reserved-event.js';
import type { MessageCheck } from './client-options.interface.js';

/** @throws what the check throws, or TypeError when it returns false. The protocol's own events are not its business. */
export function pass(check: MessageCheck | undefined, event: string, data: unknown): void {
  if (check && !isReservedEvent(event) && check(event, data) === false) {
    throw new TypeError(`${event} was refused`);
  }
}
