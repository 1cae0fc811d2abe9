import type { MessageCheck } from './client-options.interface.js';

/** @throws what the check throws, or TypeError when it returns false */
export function pass(check: MessageCheck | undefined, event: string, data: unknown): void {
  if (check?.(event, data) === false) throw new TypeError(`The check refused ${event}`);
}
