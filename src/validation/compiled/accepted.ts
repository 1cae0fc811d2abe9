import type { Class } from '../class-rules.js';
import { acceptorOf } from './acceptor-of.js';

/**
 * The instance that validation would return, at a fraction of the cost, if it is certain that the value is valid.
 *
 * @returns undefined for all other values, which the caller has to validate
 */
export function accepted(value: unknown, type: unknown): object | undefined {
  try {
    return acceptorOf(type as Class)?.accept(value);
  } catch {
    // Validation will get the same error and report it.
    return undefined;
  }
}
