import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { Handshake } from './handshake.js';
import { shapeRefusalOf } from './opening-handshake.js';
import { chooseSubprotocol } from './subprotocol.js';

const CLOSE_TIMEOUT_MS = 2000;

/** Says no in a way that browsers can read: 101, and at once the close code. Frames that come in go nowhere. */
export class ClosingServer {
  private readonly protocols = new WeakMap<object, string>();
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: 1024,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (_offered, request) => this.protocols.get(request) ?? false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  /** @returns whether this refusal can be told with a close code; otherwise it has to stay HTTP */
  refuse(handshake: Handshake, refusal: HandshakeRefusal, socket: Duplex, head: Buffer): boolean {
    const { closeCode } = refusal;
    const { request, endpoint } = handshake;
    // A node that goes says so before it looks at anything: this may be no handshake, or one for nobody.
    if (closeCode === undefined || !endpoint || shapeRefusalOf(request)) return false;
    const { raw } = request;
    const protocol = chooseSubprotocol(handshake);
    if (protocol !== undefined) this.protocols.set(raw, protocol);
    this.server.handleUpgrade(raw, socket, head, (client) => {
      client.on('error', () => client.terminate());
      client.close(closeCode, refusal.code.toLowerCase().replaceAll('_', ' '));
    });
    return true;
  }
}
