import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TimerWheel, WheelTimer } from '../connection/timer-wheel.js';

const FIRST_REQUEST_MS = 9000;

/**
 * Cuts connections that stay silent, or stop half-way through a TLS or HTTP greeting. Node has such limits too, but
 * looks at them every 30 seconds only.
 */
export class SocketDeadline {
  private readonly waiting = new Map<string, { socket: Socket; timer: WheelTimer }>();

  constructor(
    private readonly server: Server,
    private readonly wheel: TimerWheel,
  ) {
    const forget = this.forget.bind(this);
    // One function for all sockets: it is kept as long as they are.
    this.onClose = function (this: Socket) {
      forget(this);
    };
    server.headersTimeout = Math.min(server.headersTimeout || FIRST_REQUEST_MS, FIRST_REQUEST_MS);
    server.on('connection', this.onConnection);
    server.on('request', this.onRequest);
  }

  /** Cuts those that have said nothing yet: browsers hold such connections ready, and a shutdown would wait for them. */
  detach(): void {
    this.server.off('connection', this.onConnection);
    this.server.off('request', this.onRequest);
    for (const { socket, timer } of this.waiting.values()) {
      timer.cancel();
      socket.destroy();
    }
    this.waiting.clear();
  }

  /** The peer has said what it wants. */
  settle(socket: Socket): void {
    this.forget(socket);
  }

  private readonly onConnection = (socket: Socket): void => {
    // Peers on a Unix socket have no port, and are the operator's own.
    if (socket.remotePort === undefined) return;
    const timer = this.wheel.schedule(FIRST_REQUEST_MS, () => socket.destroy());
    this.waiting.set(peerOf(socket), { socket, timer });
    socket.on('close', this.onClose);
  };

  private readonly onClose: (this: Socket) => void;

  private readonly onRequest = ({ socket }: IncomingMessage): void => this.settle(socket);

  private forget(socket: Socket): void {
    const peer = peerOf(socket);
    this.waiting.get(peer)?.timer.cancel();
    this.waiting.delete(peer);
  }
}

/** The same for the raw socket and the TLS socket on it: a peer's port is its own while it is open. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}|${remotePort}`;
}
