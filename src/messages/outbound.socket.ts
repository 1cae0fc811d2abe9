import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionSocket } from '../connection/connection-parts.interface.js';
import type { Backlog } from '../counters/backlog.js';
import type { PathCounters } from '../counters/path-counters.js';
import type { TimerWheel, WheelTimer } from '../time/timer-wheel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { PushText } from '../protocol/push-text.js';
import { payloadLengthOf, textFrame } from './text-frame.js';
import { batchWrites, writeBatch } from './write-batch.js';

/** Time in milliseconds that a client may be over its limit of buffered bytes. */
const GRACE_MS = 1000;
/** Multiple of the limit at which there is no grace period. */
const EXCESS = 2;

export type OutboundOptions = Pick<ResolvedOptions, 'maxBufferedBytes' | 'compression'>;

/**
 * The outbound side of one socket. Writes whole frames, so that a push to thousands of clients is framed once. Closes
 * connections of clients that read too slowly, before their buffered data fills the memory.
 */
export class OutboundSocket implements ConnectionSocket {
  private grace: WheelTimer | undefined;
  private hasGivenUp = false;

  /**
   * @param stream the stream that the socket writes to
   * @param onSlow closes the connection of a slow client
   */
  constructor(
    private readonly socket: WebSocket,
    private readonly stream: Duplex,
    private readonly options: OutboundOptions,
    private readonly wheel: TimerWheel,
    private readonly onSlow: (socket: WebSocket) => void,
    private readonly counters: PathCounters,
    private readonly backlog: Backlog,
  ) {}

  get readyState(): number {
    return this.socket.readyState;
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  get received(): number {
    return (this.stream as Partial<Socket>).bytesRead ?? 0;
  }

  get sent(): number {
    return (this.stream as Partial<Socket>).bytesWritten ?? 0;
  }

  get maxBufferedBytes(): number {
    return this.options.maxBufferedBytes;
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  get isBehind(): boolean {
    return this.socket.bufferedAmount > this.maxBufferedBytes;
  }

  send(text: string): void {
    // With compression, `ws` writes the frames and keeps their order.
    if (this.options.compression) this.compress(text);
    else this.write(textFrame(text));
    this.watch();
  }

  sendShared(push: PushText): void {
    if (this.options.compression) this.compress(push.plain);
    else this.write((push.frame ??= textFrame(push.plain)));
    this.watch();
  }

  ping(data?: string): void {
    this.socket.ping(data);
  }

  pong(data: Buffer): void {
    this.socket.pong(data);
    this.watch();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  private compress(text: string): void {
    this.socket.send(text);
    this.counters.sentBytes += Buffer.byteLength(text);
    this.backlog.look(this.stream);
  }

  private write(frame: Uint8Array): void {
    this.counters.sentBytes += payloadLengthOf(frame);
    batchWrites(this.stream, this.backlog);
    this.stream.write(frame);
  }

  /** Notices a slow client. Called after each write, also after those that do not come through this object. */
  watch(): void {
    // The goodbye to a slow client comes here too.
    if (!this.isBehind || this.hasGivenUp) return;
    writeBatch(this.stream);
    if (!this.isBehind) return;
    if (this.socket.bufferedAmount > this.options.maxBufferedBytes * EXCESS) {
      this.grace?.cancel();
      this.giveUp();
      return;
    }
    this.grace ??= this.wheel.schedule(GRACE_MS, () => {
      this.grace = undefined;
      if (this.isBehind) this.giveUp();
    });
  }

  private giveUp(): void {
    this.hasGivenUp = true;
    this.onSlow(this.socket);
  }
}
