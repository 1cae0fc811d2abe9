import type { WebSocket } from 'ws';
import type { Clock } from '../connection/clock.js';
import type { Connection } from '../connection/connection.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import type { MessageDispatcher } from './message.dispatcher.js';
import { MessageHandlers } from './message-handlers.js';

/**
 * The inbound side of one socket. Holds frames back, by TCP backpressure, until the connect hooks of the gateways
 * have finished.
 */
export class MessageChannel {
  readonly handlers = new MessageHandlers();
  private held: string[] | undefined = [];
  private takeFirst: ((text: string) => void) | undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly connection: Connection,
    private readonly dispatcher: MessageDispatcher,
    private readonly clock: Clock,
  ) {
    socket.on('message', (data, isBinary) => this.onMessage(data as Buffer, isBinary));
    socket.on('pong', () => this.seen());
    socket.on('ping', () => this.seen());
    socket.pause();
  }

  /** Hands the first frame over; those after it are held until `open()`. */
  first(take: (text: string) => void): void {
    const text = this.held?.shift();
    if (text !== undefined) {
      take(text);
      return;
    }
    this.takeFirst = take;
    this.socket.resume();
  }

  /** Lets frames through from now on, the held ones first. */
  open(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const text of held) this.dispatch(text);
    this.socket.resume();
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    this.seen();
    if (isBinary) {
      this.connection.close(CloseCode.UNSUPPORTED_DATA, 'binary frames are not accepted');
      return;
    }
    const text = data.toString();
    const take = this.takeFirst;
    if (take) {
      this.takeFirst = undefined;
      this.socket.pause();
      take(text);
      return;
    }
    // Frames that came in the same packet as the handshake are read before the pause takes effect.
    if (this.held) this.held.push(text);
    else this.dispatch(text);
  }

  private dispatch(text: string): void {
    if (this.connection.isOpen) this.dispatcher.dispatch(this.connection, this.handlers, text);
  }

  private seen(): void {
    this.connection.lastSeen = this.clock.monotonic();
  }
}
