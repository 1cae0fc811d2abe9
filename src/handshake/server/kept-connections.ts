import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../time/clock.js';
import type { TimerWheel, WheelTimer } from '../../time/timer-wheel.js';

const SWEEP_MS = 500;

interface Kept {
  /** The latest exchange, until a look finds that it is over. */
  request: IncomingMessage | undefined;
  response: ServerResponse | undefined;
  /** Bytes that were read of the connection when it was looked at last. */
  bytesRead: number;
  /** Monotonic milliseconds since when the next request is under way. */
  since: number | undefined;
}

/**
 * Cuts HTTP connections that were served and then begin another request without finishing its head. Node would wait
 * 39 s for the head, and for ever for line ends before it. How long such a connection may be silent is the
 * application's to say (`keepAliveTimeout`), and so is how long a body or an answer may take.
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

  /** It speaks something else now. */
  forget(socket: Socket): void {
    this.kept.delete(socket);
  }

  /** Cuts those that wait for nothing: a shutdown would wait for the rest of their request. */
  detach(): void {
    this.server.off('request', this.onRequest);
    this.next?.cancel();
    for (const [socket, kept] of this.kept) if (!isBusy(kept)) socket.destroy();
    this.kept.clear();
  }

  private readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    // Peers on a Unix socket have no port, and are the operator's own.
    if (socket.remotePort === undefined) return;
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
      // They came after the last look.
      kept.since ??= now - SWEEP_MS;
    }
    return kept.since !== undefined && now - kept.since >= this.limitMs;
  }
}

function isBusy({ request, response }: Kept): boolean {
  return request !== undefined && (!request.complete || response?.writableFinished !== true);
}
