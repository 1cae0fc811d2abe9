import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';
import { isUnixPeer } from '../unix-peer.js';

const SWEEP_MS = 500;

interface Kept {
  /** The latest exchange, until a sweep finds that it is complete. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Number of bytes that had been read at the last sweep. */
  bytesRead: number;
  /** Monotonic time in milliseconds when the next request began. */
  since: number | undefined;
}

/**
 * Closes kept HTTP connections on which the head of another request is not completed in time. Node would wait 39 s for
 * the head, and forever for line ends before it. The application decides how long such a connection may be idle
 * (`keepAliveTimeout`), and how long a body or a response may take.
 */
export class KeptConnections {
  private readonly kept = new Map<Socket, Kept>();
  private next: WheelTimer | undefined;

  constructor(
    private readonly server: Server,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {
    server.on('request', this.onRequest);
  }

  /** Stops watching a socket that has changed its protocol. */
  forget(socket: Socket): void {
    this.kept.delete(socket);
  }

  /** Closes connections without a pending response, because a shutdown would wait for the rest of their request. */
  detach(): void {
    this.server.off('request', this.onRequest);
    this.next?.cancel();
    for (const [socket, kept] of this.kept) if (!isBusy(kept)) socket.destroy();
    this.kept.clear();
  }

  private readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    if (isUnixPeer(socket)) return;
    this.kept.set(socket, { request, response, bytesRead: 0, since: undefined });
    this.next ??= this.wheel.schedule(SWEEP_MS, this.sweep);
  };

  private readonly sweep = (): void => {
    const now = this.clock.monotonic();
    for (const [socket, kept] of this.kept) {
      if (socket.destroyed) this.kept.delete(socket);
      else if (!isBusy(kept) && this.isLate(socket, kept, now)) socket.destroy();
    }
    this.next = this.kept.size > 0 ? this.wheel.schedule(SWEEP_MS, this.sweep) : undefined;
  };

  private isLate(socket: Socket, kept: Kept, now: number): boolean {
    const { bytesRead } = socket;
    if (kept.request) {
      kept.request = kept.response = undefined;
      kept.bytesRead = bytesRead;
    } else if (bytesRead > kept.bytesRead) {
      // The bytes arrived after the last sweep.
      kept.since ??= now - SWEEP_MS;
    }
    return kept.since !== undefined && now - kept.since >= this.limitMs;
  }
}

function isBusy({ request, response }: Kept): boolean {
  return request !== undefined && (!request.complete || response?.writableFinished !== true);
}
