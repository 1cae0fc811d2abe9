import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { Endpoint, Handshake } from '../handshake/handshake.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { GatewayPolicy } from './secured-gateways.js';
import type { ConnectionSetup } from './connection.setup.js';

/** No compression state is kept between messages: it would take 300 KB per connection. */
const COMPRESSION = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 };

/** Options of `ws` that are missing in its types. */
const UNTYPED = {
  // Milliseconds that a client has to answer the closing handshake before it is disconnected.
  closeTimeout: 10_000,
};

/** The gateways on one path: a `ws` server without a port, which takes accepted handshakes. */
export class GatewayEndpoint implements Endpoint {
  readonly server: WebSocketServer;
  /** The subprotocol of the handshake that is being answered. */
  private protocol: string | undefined;

  constructor(
    readonly path: string,
    readonly policy: GatewayPolicy,
    options: ResolvedOptions,
    private readonly setup: ConnectionSetup,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxPayloadBytes,
      maxFragments: options.maxFragments,
      maxBufferedChunks: options.maxBufferedChunks,
      // Only pings within the budget are answered.
      autoPong: false,
      ...UNTYPED,
      perMessageDeflate: options.compression && COMPRESSION,
      handleProtocols: () => this.protocol ?? false,
    });
    this.server.on('wsClientError', refuseOffer);
  }

  accept(handshake: Handshake, socket: Duplex, head: Buffer): void {
    const { raw } = handshake.request;
    this.protocol = handshake.protocol;
    this.server.handleUpgrade(raw, socket, head, (client: WebSocket) => {
      this.setup.open(client, socket, this.policy.targets, handshake, connectionId(), () =>
        this.server.emit('connection', client, raw),
      );
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
