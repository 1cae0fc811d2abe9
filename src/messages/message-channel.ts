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

/**
 * The inbound side of one socket: frames over the budget go no further, the others are held back until it is opened,
 * and then served in their order.
 */
export class MessageChannel implements ConnectionInbound, QueueControl, Route {
  readonly handlers = new MessageHandlers();
  private readonly budget: FrameBudget;
  private readonly meter: FrameMeter;
  private readonly queue: MessageQueue;
  /** Reads instead of all this once the connection is over. */
  private closingReader: ClosingReader | undefined;
  private held: string[] | undefined = [];
  private takeFirst: ((text: string) => void) | undefined;
  /** Whether the last frame was over the budget. */
  private isOver = false;
  /** Whether nothing more is read until it is closed. */
  private isFinishing = false;

  /**
   * @param stream what the socket reads from
   * @param targets where events go
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
    // Before `ws` reads the bytes.
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
    // Over without a word of ours: this chunk is on its way to `ws` already, the next one is not.
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
    // Frames that came in the same packet as the handshake are read before the pause takes effect.
    if (this.held) this.held.push(text);
    else this.dispatch(text);
  }

  onPing(data: Buffer): void {
    if (this.isWithinBudget(this.budget.judgeControl()) && this.isListening) this.connection.pong(data);
  }

  onPong(data: Buffer): void {
    if (this.isWithinBudget(this.budget.judgeControl())) this.connection.ponged(data.toString());
  }

  /** Hands the first frame over; those after it are held until `open()`. */
  first(take: (text: string) => void): void {
    const text = this.held?.shift();
    if (text !== undefined) {
      take(text);
      return;
    }
    this.takeFirst = take;
    this.resume();
  }

  /** Lets frames through from now on, the held ones first. */
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

  /** Nothing is served any more, but the answer to the closing handshake has to be read. */
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
      this.services.violations.record(this.connection, 'RATE_LIMITED');
    }
    this.isOver = !fits;
    return fits;
  }

  /** On the wire it may have been small. */
  private fitsInflated({ length }: Buffer): boolean {
    return !this.services.options.compression || this.budget.chargeInflated(length);
  }
}

/** The channel of a client that this module has accepted. */
export function channelOf(client: object): MessageChannel {
  return servedConnectionOf(client).inbound as MessageChannel;
}

// One function for all channels instead of one for each.
function onMessage(this: object, data: unknown, isBinary: boolean): void {
  channelOf(this).onMessage(data as Buffer, isBinary);
}

function onPing(this: object, data: Buffer): void {
  channelOf(this).onPing(data);
}

function onPong(this: object, data: Buffer): void {
  channelOf(this).onPong(data);
}
