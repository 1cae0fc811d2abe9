import type { Duplex } from 'node:stream';
import type { Handshake } from './handshake.js';
import type { WsConnectGuard } from './ws-connect.guard.js';

/** Requirements of the gateways on one path for a handshake. @publicApi */
export interface EndpointPolicy {
  /** Whether a client without a credential is let in as an anonymous principal. */
  readonly isPublic: boolean;
  /** Whether the gateways are unsecured: their clients are anonymous, and credentials are left to the application. */
  readonly isUnsecured: boolean;
  /** Application subprotocols in the server's order of preference; undefined leaves the choice to the client. */
  readonly protocols: readonly string[] | undefined;
  /** Connect guards in the order in which they are called; undefined until the application has started. */
  readonly connectGuards: readonly WsConnectGuard[] | undefined;
}

/** A path with gateways, which takes accepted handshakes. @publicApi */
export interface Endpoint {
  readonly path: string;
  readonly policy: EndpointPolicy;
  /** @throws HandshakeRefusal before the response is sent */
  accept(handshake: Handshake, socket: Duplex, head: Buffer): void;
}
