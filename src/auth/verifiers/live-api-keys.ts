import type { Connection } from '../../connection/connection.js';
import type { ConnectionLifecycleService } from '../../connection/connection-lifecycle.service.js';
import type { ConnectionRegistry } from '../../connection/connection-registry.service.js';
import { closeRevoked } from '../revocation.service.js';
import type { ApiKeyFile } from './api-key-file.js';
import type { ApiKeyVerifier } from './api-key.verifier.js';

/**
 * Holds open connections to the file of keys: whose key is gone or replaced is closed with 4403, whose rights have
 * changed has the new ones at once.
 */
export function followApiKeys(
  file: ApiKeyFile,
  verifier: ApiKeyVerifier,
  registry: ConnectionRegistry,
  lifecycle: ConnectionLifecycleService,
): void {
  const review = (connection: Connection): void => {
    const { principal } = connection;
    const current = verifier.current(principal);
    if (!current) closeRevoked(connection);
    else if (current !== principal) lifecycle.identified(connection, current);
  };
  file.reloads.subscribe(() => [...registry].forEach(review));
  lifecycle.events.subscribe((event) => {
    if (event.type !== 'accepted') return;
    const { connection } = event;
    // The file may have changed after the key was verified, when the registry did not know the connection yet.
    if (!verifier.current(connection.principal)) closeRevoked(connection);
    // Rights change when everybody has heard that it is open.
    else queueMicrotask(() => review(connection));
  });
}
