import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { Endpoint, EndpointPolicy, Handshake } from '../handshake/handshake.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { checkedRequestOf } from './checked-request.js';

/** No compression state is kept between messages: it would take 300 KB per connection. */
const COMPRESSION = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 };

/** Options of `ws` that are missing in its types. */
const UNTYPED = {
  // Milliseconds that a client has to answer the closing handshake before it is disconnected.
  closeTimeout: 10_000,
};

/**
 * Sets up an accepted socket.
 *
 * @param announce passes the connection to Nest, which runs the connect hooks and binds the handlers
 */
export type OpenConnection = (
  client: WebSocket,
  stream: Duplex,
  handshake: Handshake,
  id: string,
  announce: () => void,
) => void;

/** The place of an endpoint, and what it requires. */
export interface EndpointPlace {
  readonly path: string;
  /** Whether it also takes the paths of its port that no other endpoint has. */
  readonly isForAnyPath?: boolean;
  readonly policy: EndpointPolicy;
}

/** The gateways on one path: a `ws` server without a port, which takes accepted handshakes. */
export class GatewayEndpoint implements Endpoint {
  readonly path: string;
  readonly isForAnyPath: boolean;
  readonly policy: EndpointPolicy;
  readonly server: WebSocketServer;
  /** Whether it has options of the application, which may be functions of the request. */
  private readonly isExtended: boolean;
  /** The subprotocol of the handshake that is being answered. */
  private protocol: string | undefined;

  /** @param further options of `ws` in addition to those of every endpoint */
  constructor(
    { path, isForAnyPath = false, policy }: EndpointPlace,
    options: ResolvedOptions,
    readonly open: OpenConnection,
    further: ServerOptions = {},
  ) {
    this.path = path;
    this.isForAnyPath = isForAnyPath;
    this.policy = policy;
    this.isExtended = Object.keys(further).length > 0;
    this.server = new WebSocketServer({
      handleProtocols: () => this.protocol ?? false,
      ...further,
      noServer: true,
      maxPayload: options.maxPayloadBytes,
      maxFragments: options.maxFragments,
      maxBufferedChunks: options.maxBufferedChunks,
      // Only pings within the budget are answered.
      autoPong: false,
      ...UNTYPED,
      perMessageDeflate: options.compression && COMPRESSION,
    });
    this.server.on('wsClientError', refuseOffer);
  }

  accept(handshake: Handshake, socket: Duplex, head: Buffer): void {
    const { request } = handshake;
    const { raw } = request;
    this.protocol = handshake.protocol;
    // What others see is the request itself.
    const isSeen = this.isExtended || this.server.listenerCount('headers') > 0;
    this.server.handleUpgrade(isSeen ? raw : checkedRequestOf(request), socket, head, (client: WebSocket) => {
      this.open(client, socket, handshake, connectionId(), () => this.server.emit('connection', client, raw));
    });
  }
}

/** With compression, `ws` checks the offered extensions (RFC 6455 §9.1), and would send its own response. */
function refuseOffer(cause: Error): never {
  throw new HandshakeRefusal('BAD_HANDSHAKE', {}, { cause });
}

/** A flat copy: the string of randomUUID() refers to its twenty parts and keeps them in memory. */
function connectionId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
