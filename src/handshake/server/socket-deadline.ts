import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import { KeptConnections } from './kept-connections.js';

const REQUEST_HEAD_MS = 9000;
const SWEEP_MS = 500;
/** How often Node looks for requests whose head is late. */
const LOOK_EVERY_MS = 5000;

interface Waiting {
  readonly socket: Socket;
  /** Monotonic milliseconds. */
  readonly since: number;
}

/**
 * Cuts connections that stay silent, or stop half-way through a TLS or HTTP greeting. Node has such limits too, but
 * looks at them every 30 seconds only. Most connections speak up at once, so nothing is made for each of them: no timer
 * and no listener, and those that have left are found by the next look.
 */
export class SocketDeadline {
  private readonly waiting = new Map<unknown, Waiting>();
  private readonly keyOf: (socket: Socket) => unknown;
  private readonly kept: KeptConnections;
  private next: WheelTimer | undefined;

  constructor(
    private readonly server: Server,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
  ) {
    this.keyOf = server instanceof TlsServer ? endsOf : itself;
    server.headersTimeout = Math.min(server.headersTimeout || REQUEST_HEAD_MS, REQUEST_HEAD_MS);
    lookOften(server);
    server.on('connection', this.onConnection);
    server.on('request', this.onRequest);
    this.kept = new KeptConnections(server, wheel, clock, REQUEST_HEAD_MS);
  }

  /** Cuts those that have said nothing yet: browsers hold such connections ready, and a shutdown would wait for them. */
  detach(): void {
    this.server.off('connection', this.onConnection);
    this.server.off('request', this.onRequest);
    this.next?.cancel();
    for (const { socket } of this.waiting.values()) socket.destroy();
    this.waiting.clear();
    this.kept.detach();
  }

  /** The peer has said what it wants. */
  settle(socket: Socket): void {
    if (this.waiting.size > 0) this.waiting.delete(this.keyOf(socket));
    this.kept.forget(socket);
  }

  private readonly onConnection = (socket: Socket): void => {
    // Peers on a Unix socket have no port, and are the operator's own.
    if (socket.remotePort === undefined) return;
    this.waiting.set(this.keyOf(socket), { socket, since: this.clock.monotonic() });
    this.next ??= this.wheel.schedule(SWEEP_MS, this.sweep);
  };

  private readonly onRequest = ({ socket }: IncomingMessage): void => this.settle(socket);

  private readonly sweep = (): void => {
    const latest = this.clock.monotonic() - REQUEST_HEAD_MS;
    for (const [key, { socket, since }] of this.waiting) {
      if (since <= latest) socket.destroy();
      if (socket.destroyed) this.waiting.delete(key);
    }
    this.next = this.waiting.size > 0 ? this.wheel.schedule(SWEEP_MS, this.sweep) : undefined;
  };
}

/**
 * Half a head behind another request is for Node alone to see, which looks every 30 seconds. An option of
 * `createServer()`, which Node reads when the server starts to listen.
 */
function lookOften(server: Server): void {
  const own = (server as { connectionsCheckingInterval?: number }).connectionsCheckingInterval ?? Infinity;
  Object.assign(server, { connectionsCheckingInterval: Math.min(own, LOOK_EVERY_MS) });
}

/** The same for the raw socket and the TLS socket on it: no two connections that are open have both ends in common. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress}|${localPort}|${remoteAddress}|${remotePort}`;
}

function itself(socket: Socket): Socket {
  return socket;
}
