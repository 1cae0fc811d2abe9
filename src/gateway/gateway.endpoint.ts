import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Endpoint, EndpointPolicy } from '../handshake/endpoint.interface.js';
import type { Handshake } from '../handshake/handshake.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { ConnectionSetup } from './connection.setup.js';

/**
 * `ws` cuts the line, without a close code, once this many pongs wait to be written. Its default of 60 is reached by
 * pings that came in one packet; this many only by somebody who does not read, and it bounds what waits for him.
 * A constant of its own, because the types of `ws` do not know the option.
 */
const PONGS = { maxPendingAutoPongs: 1024 };

/** The gateways on one path: a `ws` server without a port, fed by the handshake. */
export class GatewayEndpoint implements Endpoint {
  readonly server: WebSocketServer;
  private readonly protocols = new WeakMap<IncomingMessage, string>();

  constructor(
    readonly path: string,
    readonly policy: EndpointPolicy,
    options: ResolvedOptions,
    private readonly setup: ConnectionSetup,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxPayloadBytes,
      maxFragments: options.maxFragments,
      maxBufferedChunks: options.maxBufferedChunks,
      ...PONGS,
      perMessageDeflate: false,
      handleProtocols: (_offered, request) => this.protocols.get(request) ?? false,
    });
  }

  accept(handshake: Handshake, socket: Duplex, head: Buffer): void {
    const { raw } = handshake.request;
    if (handshake.protocol !== undefined) this.protocols.set(raw, handshake.protocol);
    this.server.handleUpgrade(raw, socket, head, (client: WebSocket) => {
      this.setup.open(client, handshake, randomUUID(), () => this.server.emit('connection', client, raw));
    });
  }
}
