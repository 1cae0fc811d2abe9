import type { ClientStatus } from './client-state.js';

/**
 * The rejection of `connect()`: the client is closed, because no further attempt can help, or by `close()`.
 *
 * @publicApi
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** The close code; null if there was no socket. */
  declare readonly code: ClientStatus['code'];
  /** The reason of the server or, without a connection, of the client. */
  declare readonly reason: string;
  /** The next step: `never`, or `reauthenticate` if the token is fixed. */
  declare readonly next: ClientStatus['next'];

  constructor(outcome: Pick<ClientStatus, 'code' | 'reason' | 'next'>) {
    super(outcome.reason);
    Object.assign(this, outcome);
  }
}
