import type { Duplex } from 'node:stream';
import { servedConnectionOf } from '../connection/connection-of.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { ClosingReader } from '../frames/closing-reader.js';
import { FrameMeter } from '../frames/frame-meter.js';
import { type StreamReader, takeReader } from '../frames/stream-reader.js';
import type { ChannelServices } from './channel-services.js';
import { FrameBudget } from './frame-budget.js';

/**
 * Reads the bytes of one client. Whole text frames are read here, which costs a fraction of what `ws` takes. Everything
 * else is counted and passed on to `ws`. After the end of the connection, only so much is read.
 */
export abstract class FrameIntake {
  protected readonly budget: FrameBudget;
  private readonly meter: FrameMeter;
  /** With which `ws` reads what is passed on; undefined if it has stopped. */
  private reader: StreamReader | undefined;
  /** Reads the socket after the connection has ended. */
  private closingReader: ClosingReader | undefined;

  constructor(
    private readonly stream: Duplex,
    readonly connection: ServedConnection,
    protected readonly services: ChannelServices,
  ) {
    const { options, clock, counters } = services;
    this.budget = new FrameBudget(options, clock.monotonic(), counters.dropped);
    this.meter = new FrameMeter(this.budget);
    stream.prependListener('data', onData);
    this.reader = takeReader(stream);
  }

  /** Whether text messages may be read without `ws`, so that nobody hears of them but `onText()`. */
  protected get readsTexts(): boolean {
    return false;
  }

  /** Whether a message is to be handled. @param fits whether it is within the budget */
  protected abstract isWelcome(length: number, fits: boolean): boolean;

  /** Handles a message that was read here. */
  protected onText(_text: string): void {}

  /** The client has broken the protocol: `ws` reads no more. */
  broken(): void {
    this.reader = undefined;
    this.closingReader?.stopPassing();
  }

  /** Reads only what is needed to end the connection. */
  protected stopReading(): void {
    this.closingReader ??= new ClosingReader(this.stream, this.meter, this.reader);
  }

  /** The client has sent bytes. */
  onData(chunk: Buffer): void {
    if (this.closingReader) {
      this.closingReader.read(chunk);
      return;
    }
    // The connection has ended or is about to. `ws` still gets this chunk, but not the next one.
    if (!this.connection.isOpen || this.connection.isEnding) this.stopReading();
    const now = this.services.clock.monotonic();
    this.connection.lastSeen = now;
    this.budget.at(now);
    const rest = this.isAtText ? this.readTexts(chunk) : chunk;
    if (rest) this.passOn(rest);
  }

  /** Whether the next frame may be read without `ws`, which has reported everything before it. */
  private get isAtText(): boolean {
    return (
      this.reader !== undefined &&
      this.meter.isBetweenFrames &&
      this.budget.isSettled &&
      this.readsTexts &&
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
        if (this.isWelcome(texts.length, this.budget.charge(end - at))) this.onText(texts.text(chunk));
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
}

// Shared by all streams, to save memory.
function onData(this: object, chunk: Buffer): void {
  (servedConnectionOf(this).inbound as unknown as FrameIntake).onData(chunk);
}
