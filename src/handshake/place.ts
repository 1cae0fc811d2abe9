import type { ConnectionDirectory } from '../connection/connection-directory.js';
import { unawaited } from '../connection/unawaited.js';

/**
 * Gives a place back. It lives as long as the connection, so nothing of the handshake may be in its scope.
 *
 * @param scope where the place was taken
 */
export function placeIn(directory: ConnectionDirectory, scope: string): () => void {
  return () => unawaited(() => directory.release(scope));
}
