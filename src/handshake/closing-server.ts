import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../time/clock.js';
import { ClosingReader } from '../frames/closing-reader.js';
import { FrameMeter } from '../frames/frame-meter.js';
import { takeReader } from '../frames/stream-reader.js';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { HandshakeCode } from '../protocol/handshake-code.js';
import { SlidingWindowStorage } from '../throttling/sliding-window.storage.js';
import type { Handshake } from './handshake.js';
import { shapeRefusalOf } from './opening-handshake.js';
import { chooseSubprotocol } from './subprotocol.js';

const CLOSE_TIMEOUT_MS = 2000;

/** Refusals that the connect rate does not limit, because they happen before or because of it. */
const UNLIMITED: ReadonlySet<HandshakeCode> = new Set<HandshakeCode>([
  'DRAINING',
  'HOST_NOT_ALLOWED',
  'INSECURE_TRANSPORT',
  'BANNED',
  'RATE_LIMITED',
]);

type RateOptions = Pick<ResolvedOptions, 'connectRateLimit' | 'connectRateTtlMs'>;

/**
 * Refuses handshakes so that browsers can read the reason: with 101 followed by a close code. Incoming frames are
 * dropped. A WebSocket costs more than a response, so an address gets as many refusals of this kind as it may make
 * handshakes. Further ones are HTTP responses.
 */
export class ClosingServer {
  private readonly refused: SlidingWindowStorage;
  private readonly protocols = new WeakMap<object, string>();
  private readonly server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: 1024,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (_offered, request) => this.protocols.get(request) ?? false,
  } as ConstructorParameters<typeof WebSocketServer>[0]);

  constructor(
    private readonly options: RateOptions,
    clock: Clock,
  ) {
    this.refused = new SlidingWindowStorage(clock);
  }

  /** @returns whether the refusal was sent as a close code; otherwise it has to be an HTTP response */
  refuse(handshake: Handshake, refusal: HandshakeRefusal, socket: Duplex, head: Buffer): boolean {
    const { closeCode } = refusal;
    const { request, endpoint } = handshake;
    // While draining, requests are refused before they are checked, so this may not be a handshake, or may have no
    // endpoint.
    if (closeCode === undefined || !endpoint || shapeRefusalOf(request)) return false;
    if (UNLIMITED.has(refusal.code) && !this.hasRoomFor(handshake.address)) return false;
    const { raw } = request;
    const protocol = chooseSubprotocol(handshake);
    if (protocol !== undefined) this.protocols.set(raw, protocol);
    this.server.handleUpgrade(raw, socket, head, (client) => {
      client.on('error', () => client.terminate());
      const reader = new ClosingReader(socket, new FrameMeter(), takeReader(socket));
      socket.on('data', (chunk: Buffer) => reader.read(chunk));
      client.close(closeCode, refusal.code.toLowerCase().replaceAll('_', ' '));
    });
    return true;
  }

  close(): void {
    this.refused.onApplicationShutdown();
  }

  private hasRoomFor(address: string): boolean {
    const { connectRateLimit: limit, connectRateTtlMs: ttl } = this.options;
    return !this.refused.hit(address, ttl, limit, 0, 'refused', 1).isBlocked;
  }
}
