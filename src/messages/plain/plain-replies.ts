import type { Observable } from 'rxjs';
import type { WebSocket } from 'ws';
import type { ServedConnection } from '../../connection/served-connection.js';
import type { Faults } from '../../faults/faults.js';

const FAILED = 'A handler of an unsecured gateway failed';

/**
 * Sends the values of a handler as they are, until it or the connection ends. What fails is reported: it ends neither
 * the process nor the connection.
 */
export function sendResults(
  client: WebSocket,
  connection: ServedConnection,
  values: Observable<unknown>,
  faults: Faults,
): void {
  const subscription = values.subscribe({
    next: (value) => {
      if (value === undefined || value === null || !connection.isOpen) return;
      try {
        client.send(JSON.stringify(value));
      } catch (error) {
        faults.report('An answer of an unsecured gateway could not be sent', error);
      }
    },
    error: (error: unknown) => faults.report(FAILED, error),
  });
  if (subscription.closed) return;
  const stop = (): void => {
    try {
      subscription.unsubscribe();
    } catch (error) {
      // The teardown is code of the application.
      faults.report(FAILED, error);
    }
  };
  subscription.add(() => connection.offClosed(stop));
  connection.onClosed(stop);
}
