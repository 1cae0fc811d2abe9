import { unawaited } from '../time/maybe-promise.js';
import type { Faults } from './faults.js';

/**
 * Calls what releases something that a handshake or a connection holds. One that throws or rejects, such as that of a
 * connect guard of the application, keeps none of the others from being called.
 */
export function releaseAll(held: readonly (() => void)[], faults: Faults): void {
  const report = (error: unknown): void =>
    void faults.report('Something that a handshake holds could not be released', error);
  for (const release of held) unawaited(release, report);
}
