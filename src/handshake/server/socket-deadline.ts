import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import { isUnixPeer } from '../unix-peer.js';
import { KeptConnections } from './kept-connections.js';

const REQUEST_HEAD_MS = 9000;
const SWEEP_MS = 500;
/** Interval in milliseconds at which Node checks for late heads of requests. */
const LOOK_EVERY_MS = 5000;

/**
 * Closes connections that stay silent or stop in the middle of a TLS or HTTP handshake. Node has such limits too, but
 * checks them only every 30 seconds. Most connections send data at once, so there is no timer or listener per
 * connection, and closed ones are removed by the next sweep.
 */
export class SocketDeadline {
  /** Raw sockets, and the monotonic time in milliseconds when each one was accepted. */
  private readonly waiting = new Map<Socket, number>();
  private readonly kept: KeptConnections;
  private next: WheelTimer | undefined;

  constructor(
    private readonly server: Server,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
  ) {
    server.headersTimeout = Math.min(server.headersTimeout || REQUEST_HEAD_MS, REQUEST_HEAD_MS);
    checkOften(server);
    server.on('connection', this.onConnection);
    server.on('request', this.onRequest);
    this.kept = new KeptConnections(server, wheel, clock, REQUEST_HEAD_MS);
  }

  /** Closes connections without data: browsers keep such connections ready, and a shutdown would wait for them. */
  detach(): void {
    this.server.off('connection', this.onConnection);
    this.server.off('request', this.onRequest);
    this.next?.cancel();
    for (const socket of this.waiting.keys()) cut(socket);
    this.waiting.clear();
    this.kept.detach();
  }

  /** Stops watching a socket after its request has arrived. */
  settle(socket: Socket): void {
    if (this.waiting.size > 0) this.waiting.delete(rawOf(socket));
    this.kept.forget(socket);
  }

  private readonly onConnection = (socket: Socket): void => {
    this.waiting.set(socket, this.clock.monotonic());
    this.next ??= this.wheel.schedule(SWEEP_MS, this.sweep);
  };

  private readonly onRequest = ({ socket }: IncomingMessage): void => this.settle(socket);

  private readonly sweep = (): void => {
    const latest = this.clock.monotonic() - REQUEST_HEAD_MS;
    for (const [socket, since] of this.waiting) {
      if (since <= latest) cut(socket);
      if (since <= latest || socket.destroyed) this.waiting.delete(socket);
    }
    this.next = this.waiting.size > 0 ? this.wheel.schedule(SWEEP_MS, this.sweep) : undefined;
  };
}

/**
 * Sets the interval at which Node checks for a partial head that follows another request, which only Node sees. The
 * default is 30 seconds. Node reads this option of `createServer()` when the server starts to listen.
 */
function checkOften(server: Server): void {
  const own = (server as { connectionsCheckingInterval?: number }).connectionsCheckingInterval ?? Infinity;
  Object.assign(server, { connectionsCheckingInterval: Math.min(own, LOOK_EVERY_MS) });
}

function cut(socket: Socket): void {
  if (!isUnixPeer(socket)) socket.destroy();
}

/** The socket below TLS, or the socket itself. The types of Node do not have this property. */
function rawOf(socket: Socket): Socket {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name
  return (socket as { _parent?: Socket | null })._parent ?? socket;
}
