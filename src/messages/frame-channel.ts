import { Logger, type WsMessageHandler } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { servedConnectionOf } from '../connection/connection-of.js';
import type { ConnectionInbound } from '../connection/connection-parts.interface.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { releaseAll } from '../faults/release-all.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import type { ChannelServices } from './channel-services.js';
import { FrameIntake } from './frame-intake.js';
import { MessageQueue, type QueueControl } from './message-queue.js';
import { violationCodeOf } from './violation-code.js';

const logger = new Logger('WsSecurity');

/** The limits of frames and bytes, as security events name them. */
const FRAME_BUDGET = 'frame budget';

/** Turns the result of a handler into its values. Nest passes it along with the handlers. */
export type Transform = (result: unknown) => Observable<unknown>;

/**
 * The inbound side of one socket, whatever its messages mean. Answers frames over the budget, and limits the handlers
 * that run at once.
 */
export abstract class FrameChannel<Job = unknown>
  extends FrameIntake
  implements ConnectionInbound, QueueControl<Job>
{
  protected readonly queue: MessageQueue<Job>;
  /** Whether the last frame was over the budget. */
  private isOver = false;
  /** Whether reading has stopped until the connection closes. */
  private isFinishing = false;
  /** Whether too many messages wait. */
  private isHeld = false;

  /** @param stream the stream that the socket reads from */
  constructor(
    readonly socket: WebSocket,
    stream: Duplex,
    connection: ServedConnection,
    services: ChannelServices,
  ) {
    super(stream, connection, services);
    this.queue = new MessageQueue(services.options, this);
    connection.inbound = this;
  }

  /** Takes the handlers of a gateway from Nest. */
  abstract bind(handlers: readonly WsMessageHandler[], transform: Transform): void;

  get load(): { readonly inFlight: number; readonly queued: number } {
    return this.queue.load;
  }

  /** Runs a handler; never rejects. */
  abstract run(job: Job, hasWaited: boolean): Promise<void> | void;

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

  /** `ws` has already sent the close code, does not read the answer, and reports 1006. */
  onError(error: NodeJS.ErrnoException): void {
    const { connection } = this;
    this.broken();
    const code = violationCodeOf(error);
    if (connection.closedWith === undefined && code !== undefined) {
      connection.closedWith = code;
      connection.closeReason = error.code ?? '';
    }
    logger.debug(`A client broke the WebSocket protocol: ${error.message}`);
  }

  /** @param code the close code of the socket */
  onClose(code: number): void {
    releaseAll(this.connection.takeHeld(), this.services.faults);
    this.services.lifecycle.closed(this.connection, code);
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

  /** Whether a message that `ws` reports is to be handled. Must be called once for each, in order. */
  protected admits(data: Buffer): boolean {
    return this.isWelcome(data.length, this.budget.judgeMessage() && this.fitsInflated(data));
  }

  protected override isWelcome(length: number, fits: boolean): boolean {
    this.connection.counters.receivedBytes += length;
    if (!this.isWithinBudget(fits)) return false;
    if (this.isListening) return true;
    this.services.counters.dropped.ending++;
    return false;
  }

  protected get isListening(): boolean {
    return this.connection.isOpen && !this.connection.isEnding;
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
