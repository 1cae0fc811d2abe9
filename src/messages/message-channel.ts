import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { servedConnectionOf } from '../connection/connection-of.js';
import type { ServedConnection } from '../connection/served-connection.js';
import type { ConnectionInbound } from '../connection/connection-parts.interface.js';
import { ClosingReader } from '../frames/closing-reader.js';
import { FrameMeter } from '../frames/frame-meter.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import { acceptBinary } from './binary-frame.js';
import type { ChannelServices } from './channel-services.js';
import { FrameBudget } from './frame-budget.js';
import type { EventTarget } from './event-target.interface.js';
import type { Job, Route } from './message.dispatcher.js';
import { MessageHandlers } from './message-handlers.js';
import { MessageQueue, type QueueControl } from './message-queue.js';

/** The limits of frames and bytes, as security events name them. */
const FRAME_BUDGET = 'frame budget';

/**
 * The inbound side of one socket. Drops frames over the budget, holds the others back until `open()`, and then handles
 * them in order.
 */
export class MessageChannel implements ConnectionInbound, QueueControl, Route {
  readonly handlers = new MessageHandlers();
  private readonly budget: FrameBudget;
  private readonly meter: FrameMeter;
  private readonly queue: MessageQueue;
  /** Reads the socket after the connection has ended. */
  private closingReader: ClosingReader | undefined;
  private held: string[] | undefined = [];
  private takeFirst: ((text: string) => void) | undefined;
  /** Whether the last frame was over the budget. */
  private isOver = false;
  /** Whether reading has stopped until the connection closes. */
  private isFinishing = false;

  /**
   * @param stream the stream that the socket reads from
   * @param targets the handlers of events
   */
  constructor(
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    readonly targets: ReadonlyMap<string, EventTarget>,
    readonly connection: ServedConnection,
    private readonly services: ChannelServices,
  ) {
    const { options, clock } = services;
    this.budget = new FrameBudget(options, clock.monotonic());
    this.meter = new FrameMeter(this.budget);
    this.queue = new MessageQueue(options, this);
    connection.inbound = this;
    // Runs before `ws` reads the bytes.
    stream.prependListener('data', (chunk: Buffer) => this.onData(chunk));
    socket.on('message', onMessage);
    socket.on('ping', onPing);
    socket.on('pong', onPong);
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
    this.meter.read(chunk);
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    const fits = this.budget.judgeMessage() && this.fitsInflated(data);
    if (!this.isWithinBudget(fits) || !this.isListening) return;
    if (isBinary && !acceptBinary(this.connection, data, this.services.options.allowBinary)) return;
    const text = data.toString();
    const take = this.takeFirst;
    if (take) {
      this.takeFirst = undefined;
      this.pause();
      take(text);
      return;
    }
    // Frames in the same packet as the handshake are read before the pause takes effect.
    if (this.held) this.held.push(text);
    else this.dispatch(text);
  }

  onPing(data: Buffer): void {
    if (this.isWithinBudget(this.budget.judgeControl()) && this.isListening) this.connection.pong(data);
  }

  onPong(data: Buffer): void {
    if (this.isWithinBudget(this.budget.judgeControl())) this.connection.ponged(data.toString());
  }

  /** Passes on the first frame. Later frames are held until `open()`. */
  first(take: (text: string) => void): void {
    const text = this.held?.shift();
    if (text !== undefined) {
      take(text);
      return;
    }
    this.takeFirst = take;
    this.resume();
  }

  /** Starts to dispatch frames, the held ones first. */
  open(): void {
    const held = this.held ?? [];
    this.held = undefined;
    this.resume();
    for (const text of held) this.dispatch(text);
  }

  async finish(): Promise<void> {
    this.isFinishing = true;
    this.pause();
    await Promise.all([this.queue.whenIdle(), this.services.dispatcher.settled(this.connection)]);
  }

  /** Drops all messages, but continues to read the answer to the closing handshake. */
  abandon(): void {
    this.stopReading();
    this.queue.clear();
    this.held = undefined;
    this.isFinishing = false;
    this.resume();
  }

  run(job: Job): Promise<void> {
    return this.services.dispatcher.run(this.connection, job);
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

  private stopReading(): void {
    this.closingReader ??= new ClosingReader(this.stream, this.meter);
  }

  private get isListening(): boolean {
    return this.connection.isOpen && !this.connection.isEnding;
  }

  private dispatch(text: string): void {
    if (!this.isListening) return;
    const job = this.services.dispatcher.accept(this, text);
    if (job) this.queue.add(job);
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
export function channelOf(client: object): MessageChannel {
  return servedConnectionOf(client).inbound as MessageChannel;
}

// Shared by all channels, to save memory.
function onMessage(this: object, data: unknown, isBinary: boolean): void {
  channelOf(this).onMessage(data as Buffer, isBinary);
}

function onPing(this: object, data: Buffer): void {
  channelOf(this).onPing(data);
}

function onPong(this: object, data: Buffer): void {
  channelOf(this).onPong(data);
}
