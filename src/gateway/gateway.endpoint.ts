import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { Endpoint } from '../handshake/endpoint.interface.js';
import type { Handshake } from '../handshake/handshake.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { GatewayPolicy } from './secured-gateways.js';
import type { ConnectionSetup } from './connection.setup.js';

/** No state is kept between messages: it would be 300 KB a connection. */
const COMPRESSION = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 };

/** Options of `ws` that its types do not know. */
const UNTYPED = {
  // How long a client may take to answer the closing handshake; then the line is cut.
  closeTimeout: 10_000,
};

/** The gateways on one path: a `ws` server without a port, fed by the handshake. */
export class GatewayEndpoint implements Endpoint {
  readonly server: WebSocketServer;
  /** What the handshake that is being answered has chosen. */
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
      // Pings are answered within the budget only.
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

/** With compression `ws` looks at the offered extensions (RFC 6455 §9.1), and would answer in its own words. */
function refuseOffer(cause: Error): never {
  throw new HandshakeRefusal('BAD_HANDSHAKE', {}, { cause });
}

/** What randomUUID() puts together of twenty pieces keeps them all, until it is copied. */
function connectionId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}
