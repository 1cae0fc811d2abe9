import type { Duplex } from 'node:stream';
import type { Handshake } from './handshake.js';
import type { WsConnectGuard } from './ws-connect.guard.js';

/** What the gateways on one path ask of a handshake. @publicApi */
export interface EndpointPolicy {
  /** Whether a client without a credential is let in as an anonymous principal. */
  readonly isPublic: boolean;
  /** Application subprotocols in the server's order of preference; undefined leaves the choice to the client. */
  readonly protocols: readonly string[] | undefined;
  /** Decisions of the application, in the order they are asked; undefined until the application is up. */
  readonly connectGuards: readonly WsConnectGuard[] | undefined;
}

/** A path with gateways, and where its accepted clients go. @publicApi */
export interface Endpoint {
  readonly path: string;
  readonly policy: EndpointPolicy;
  /** @throws HandshakeRefusal while there is still an answer to give */
  accept(handshake: Handshake, socket: Duplex, head: Buffer): void;
}
