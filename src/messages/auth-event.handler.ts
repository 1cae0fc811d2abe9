import type { ServedConnection } from '../connection/served-connection.js';
import type { InboundMessage } from './inbound-message.js';

/** Takes the reserved `auth` event; what it decides rests on the edge before 101, which messages do not know. */
export abstract class AuthEventHandler {
  /** Answers the message itself; never throws. */
  abstract handle(connection: ServedConnection, message: InboundMessage): void;

  /** Resolves when nothing of a connection's is being decided. */
  abstract settled(connection: ServedConnection): Promise<void>;
}
