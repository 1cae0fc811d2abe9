import type { Faults } from './faults.js';

/**
 * Calls what releases something that a handshake or a connection holds. One that throws, such as that of a connect guard
 * of the application, keeps none of the others from being called.
 */
export function releaseAll(held: readonly (() => void)[], faults: Faults): void {
  for (const release of held) {
    try {
      release();
    } catch (error) {
      faults.report('Something that a handshake holds could not be released', error);
    }
  }
}
