import type { TlsUse } from './socket.js';
import type { TlsHandshakes } from './target.js';

/** Connections after one another, of which each may resume the TLS session of the one before. */
export class TicketLane implements TlsUse {
  /** How many handshakes were resumed. */
  resumed = 0;
  /** Whether the last one was. */
  isResumed = false;
  session: Buffer | undefined;

  constructor(private readonly handshakes: TlsHandshakes) {}

  /** Missing when tickets are not used, because Node would read them for it. */
  get onSession(): ((session: Buffer) => void) | undefined {
    return this.handshakes === 'resumed' ? (session) => (this.session = session) : undefined;
  }

  readonly onSecure = (isResumed: boolean): void => {
    this.isResumed = isResumed;
    if (isResumed) this.resumed++;
  };
}
