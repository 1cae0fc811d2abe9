import type { ServedConnection } from '../connection/served-connection.js';
import type { InboundMessage } from './inbound-message.js';

/** Handles the reserved `auth` event. The implementation needs the handshake, which messages must not import. */
export abstract class AuthEventHandler {
  /** Answers the message itself; never throws. */
  abstract handle(connection: ServedConnection, message: InboundMessage): void;

  /** Resolves when no login of the connection is in progress. */
  abstract settled(connection: ServedConnection): Promise<void>;
}
