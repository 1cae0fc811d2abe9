import type { ConnectionDirectory } from './connection-directory.js';
import type { Faults } from '../faults/faults.js';
import { unawaited } from '../time/maybe-promise.js';

/**
 * What gives a place back. It lives as long as the connection, so nothing of the handshake may be in its scope.
 *
 * @param scope where the place was taken
 */
export function releaseOf(directory: ConnectionDirectory, scope: string, faults: Faults): () => void {
  return () =>
    unawaited(
      () => directory.release(scope),
      (error) => faults.report('A place of the ConnectionDirectory could not be given back', error),
    );
}
