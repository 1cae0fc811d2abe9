import type { WsMessageHandler } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { servedConnectionOf } from '../connection/connection-of.js';
import type { ConnectionInbound } from '../connection/connection-parts.interface.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import { ClosingReader } from '../frames/closing-reader.js';
import { FrameMeter } from '../frames/frame-meter.js';
import { type StreamReader, takeReader } from '../frames/stream-reader.js';
import type { ChannelServices } from './channel-services.js';
import { FrameBudget } from './frame-budget.js';
import { MessageQueue, type QueueControl } from './message-queue.js';

/** The limits of frames and bytes, as security events name them. */
const FRAME_BUDGET = 'frame budget';

/** Turns the result of a handler into its values. Nest passes it along with the handlers. */
export type Transform = (result: unknown) => Observable<unknown>;

/**
 * The inbound side of one socket, whatever its messages mean. Counts all frames before `ws` reads them, limits the
 * handlers that run at once, and bounds what is read after the end of the connection.
 */
export abstract class FrameChannel<Job = unknown> implements ConnectionInbound, QueueControl<Job> {
  protected readonly queue: MessageQueue<Job>;
  private readonly budget: FrameBudget;
  private readonly meter: FrameMeter;
  /** With which `ws` reads what this channel passes on. */
  private reader: StreamReader | undefined;
  /** Reads the socket after the connection has ended. */
  private closingReader: ClosingReader | undefined;
  /** Whether the last frame was over the budget. */
  private isOver = false;
  /** Whether reading has stopped until the connection closes. */
  private isFinishing = false;
  /** Whether too many messages wait. */
  private isHeld = false;

  /** @param stream the stream that the socket reads from */
  constructor(
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    readonly connection: ServedConnection,
    protected readonly services: ChannelServices,
  ) {
    const { options, clock, counters } = services;
    this.budget = new FrameBudget(options, clock.monotonic(), counters.dropped);
    this.meter = new FrameMeter(this.budget);
    this.queue = new MessageQueue(options, this);
    connection.inbound = this;
    stream.prependListener('data', (chunk: Buffer) => this.onData(chunk));
    this.reader = takeReader(stream);
    socket.on('ping', onPing);
    socket.on('pong', onPong);
  }

  /** Takes the handlers of a gateway from Nest. */
  abstract bind(handlers: readonly WsMessageHandler[], transform: Transform): void;

  get load(): { readonly inFlight: number; readonly queued: number } {
    return this.queue.load;
  }

  /** Runs a handler; never rejects. */
  abstract run(job: Job, hasWaited: boolean): Promise<void> | void;

  /** Handles a text message that `ws` has not seen. Without this method, `ws` reads all messages. */
  protected onText?(text: string): void;

  /** Whether `ws` may miss the message that is passed to `onText()`. */
  protected get isOnlyListener(): boolean {
    return false;
  }

  onPing(data: Buffer): void {
    if (this.isWithinBudget(this.budget.judgeControl()) && this.isListening) this.connection.pong(data);
  }

  onPong(data: Buffer): void {
    if (!this.isWithinBudget(this.budget.judgeControl())) return;
    const { connection } = this;
    if (connection.pingedAt > 0)
      this.services.counters.roundTrip.observe(connection.lastSeen - connection.pingedAt);
    connection.pingedAt = 0;
    connection.ponged(data.toString());
  }

  /** Stops reading, and resolves when all messages read so far have been answered. */
  finish(): Promise<void> {
    this.isFinishing = true;
    this.pause();
    return this.queue.whenIdle();
  }

  /** Drops all messages, but continues to read the answer to the closing handshake. */
  abandon(): void {
    this.stopReading();
    this.queue.clear();
    this.isFinishing = false;
    this.resume();
  }

  hold(): void {
    this.isHeld = true;
    this.services.counters.paused++;
    this.pause();
  }

  release(): void {
    this.left();
    this.resume();
  }

  left(): void {
    if (this.isHeld) this.services.counters.paused--;
    this.isHeld = false;
  }

  pause(): void {
    this.connection.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (this.isFinishing || !this.connection.isPaused) return;
    this.connection.isPaused = false;
    this.socket.resume();
  }

  /** The client has broken the protocol: `ws` reads no more. */
  broken(): void {
    this.reader = undefined;
  }

  /** Whether a message that `ws` reports is to be handled. Must be called once for each, in order. */
  protected admits(data: Buffer): boolean {
    return this.isWelcome(data.length, this.budget.judgeMessage() && this.fitsInflated(data));
  }

  private isWelcome(length: number, fits: boolean): boolean {
    this.connection.counters.receivedBytes += length;
    if (!this.isWithinBudget(fits)) return false;
    if (this.isListening) return true;
    this.services.counters.dropped.ending++;
    return false;
  }

  protected get isListening(): boolean {
    return this.connection.isOpen && !this.connection.isEnding;
  }

  private onData(chunk: Buffer): void {
    if (this.closingReader) {
      this.closingReader.read(chunk);
      return;
    }
    // The client or `ws` has ended the connection. `ws` still gets this chunk, but not the next one.
    if (!this.connection.isOpen) this.stopReading();
    const now = this.services.clock.monotonic();
    this.connection.lastSeen = now;
    this.budget.at(now);
    const rest = this.canReadTexts ? this.readTexts(chunk) : chunk;
    if (rest) this.passOn(rest);
  }

  /** Whether a frame can be read without `ws`, which then does not miss it. */
  private get canReadTexts(): boolean {
    return (
      this.reader !== undefined &&
      this.meter.isBetweenFrames &&
      this.budget.isSettled &&
      this.isOnlyListener &&
      this.connection.isOpen
    );
  }

  /** Handles the messages at the beginning of a chunk that are whole frames. @returns the rest of the chunk */
  private readTexts(chunk: Buffer): Buffer | undefined {
    const { texts } = this.services;
    const { socket } = this.connection;
    let at = 0;
    socket.collect();
    try {
      while (at < chunk.length) {
        const end = texts.unmask(chunk, at);
        if (end === 0) break;
        if (this.isWelcome(texts.length, this.budget.charge(end - at))) this.onText?.(texts.text(chunk));
        at = end;
      }
    } finally {
      socket.flush();
    }
    if (at === 0) return chunk;
    return at < chunk.length ? chunk.subarray(at) : undefined;
  }

  private passOn(chunk: Buffer): void {
    const { isOver } = this.meter;
    this.meter.read(chunk);
    // When a stream closes, `ws` reads the rest of it by itself.
    if (!isOver && !this.stream.destroyed) this.reader?.call(this.stream, chunk);
  }

  private stopReading(): void {
    this.closingReader ??= new ClosingReader(this.stream, this.meter, this.reader);
  }

  /** The first of a run is answered; each is a violation. */
  private isWithinBudget(fits: boolean): boolean {
    if (!fits) {
      if (!this.isOver && this.isListening)
        this.connection.fail(new RateLimitedException(this.budget.retryAfterMs).toBody(), undefined);
      this.services.violations.record(this.connection, 'RATE_LIMITED', undefined, FRAME_BUDGET);
    }
    this.isOver = !fits;
    return fits;
  }

  /** A compressed message is charged again, with its inflated size. */
  private fitsInflated({ length }: Buffer): boolean {
    return !this.services.options.compression || this.budget.chargeInflated(length);
  }
}

/** The channel of a client that this module has accepted. */
export function frameChannelOf(client: object): FrameChannel {
  return servedConnectionOf(client).inbound as FrameChannel;
}

// Shared by all channels, to save memory.
function onPing(this: object, data: Buffer): void {
  frameChannelOf(this).onPing(data);
}

function onPong(this: object, data: Buffer): void {
  frameChannelOf(this).onPong(data);
}
