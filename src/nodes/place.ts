import type { ConnectionDirectory } from './connection-directory.js';
import type { Faults } from '../faults/faults.js';
import { unawaited } from '../time/maybe-promise.js';

/**
 * Creates a function that returns a place. It lives as long as the connection, so its closure must not hold the
 * handshake.
 *
 * @param scope the scope of the place
 */
export function releaseOf(directory: ConnectionDirectory, scope: string, faults: Faults): () => void {
  return () =>
    unawaited(
      () => directory.release(scope),
      (error) => faults.report('A place of the ConnectionDirectory could not be released', error),
    );
}
