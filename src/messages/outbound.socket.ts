import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ConnectionSocket } from '../connection/connection-parts.interface.js';
import type { Backlog } from '../counters/backlog.js';
import type { PathCounters } from '../counters/path-counters.js';
import type { TimerWheel, WheelTimer } from '../time/timer-wheel.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import type { PushText } from '../protocol/push-text.js';
import { asciiFrame, payloadLengthOf, textFrame } from './text-frame.js';
import { type BatchedSender, batchWrites, writeBatch } from './write-batch.js';

/** Time in milliseconds that a client may be over its limit of buffered bytes. */
const GRACE_MS = 1000;
/** The number of bytes that are held back at most, plus one frame. */
const MAX_COLLECTED = 16_384;
/** Multiple of the limit at which there is no grace period. */
const EXCESS = 2;

export type OutboundOptions = Pick<ResolvedOptions, 'maxBufferedBytes' | 'compression'>;

/**
 * The outbound side of one socket. Writes whole frames, so that a push to thousands of clients is framed once. Closes
 * connections of clients that read too slowly, before their buffered data fills the memory.
 */
export class OutboundSocket implements ConnectionSocket, BatchedSender {
  private grace: WheelTimer | undefined;
  isCorked = false;
  private hasGivenUp = false;
  /** Frames that leave together, in Latin-1; undefined if none are held back. */
  private collected: string | undefined;

  /**
   * @param stream the stream that the socket writes to
   * @param onSlow closes the connection of a slow client
   */
  constructor(
    private readonly socket: WebSocket,
    readonly stream: Duplex,
    private readonly options: OutboundOptions,
    private readonly wheel: TimerWheel,
    private readonly onSlow: (socket: WebSocket) => void,
    private readonly counters: PathCounters,
    readonly backlog: Backlog,
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
    return this.socket.bufferedAmount + (this.collected?.length ?? 0);
  }

  get isBehind(): boolean {
    return this.bufferedBytes > this.maxBufferedBytes;
  }

  send(text: string): void {
    // With compression, `ws` writes the frames and keeps their order.
    if (this.options.compression) this.compress(text);
    else if (this.collected === undefined) this.write(textFrame(text));
    else this.hold(asciiFrame(text) ?? textFrame(text));
    this.watch();
  }

  sendShared(push: PushText): void {
    if (this.options.compression) this.compress(push.plain);
    else if (this.collected === undefined) this.write((push.frame ??= textFrame(push.plain)));
    else this.hold((push.ascii ??= asciiFrame(push.plain) ?? (push.frame ??= textFrame(push.plain))));
    this.watch();
  }

  collect(): void {
    if (!this.options.compression) this.collected = '';
  }

  flush(): void {
    const { collected, stream } = this;
    this.collected = undefined;
    if (!collected || stream.destroyed) return;
    batchWrites(this);
    stream.write(collected, 'latin1');
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

  private hold(frame: string | Uint8Array): void {
    this.counters.sentBytes += payloadLengthOf(frame);
    if (typeof frame !== 'string') {
      this.release();
      batchWrites(this);
      this.stream.write(frame);
      return;
    }
    this.collected += frame;
    if ((this.collected as string).length > MAX_COLLECTED) this.release();
  }

  /** Writes what is held back, and holds back what follows. */
  private release(): void {
    this.flush();
    this.collected = '';
  }

  private write(frame: Uint8Array): void {
    this.counters.sentBytes += payloadLengthOf(frame);
    batchWrites(this);
    this.stream.write(frame);
  }

  /** Notices a slow client. Called after each write, also after those that do not come through this object. */
  watch(): void {
    // The goodbye to a slow client comes here too.
    if (!this.isBehind || this.hasGivenUp) return;
    if (this.collected !== undefined) this.release();
    writeBatch(this);
    if (!this.isBehind) return;
    if (this.bufferedBytes > this.options.maxBufferedBytes * EXCESS) {
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
