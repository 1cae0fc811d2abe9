import type { Duplex } from 'node:stream';
import type { WsMessageHandler } from '@nestjs/common';
import type { WebSocket } from 'ws';
import type { ServedConnection } from '../connection/served-connection.js';
import { acceptBinary } from './binary-frame.js';
import type { ChannelServices } from './channel-services.js';
import type { EventTarget } from './event-target.interface.js';
import { FrameChannel } from './frame-channel.js';
import type { Job } from './handler-runner.js';
import type { Route } from './message.dispatcher.js';
import { MessageHandlers } from './message-handlers.js';

/**
 * The inbound side of one socket. Drops frames over the budget, holds the others back until `open()`, and then handles
 * them in order.
 */
export class MessageChannel extends FrameChannel<Job> implements Route {
  readonly handlers = new MessageHandlers();
  hasSentUnreadable = false;
  private held: string[] | undefined = [];
  private takeFirst: ((text: string) => void) | undefined;

  /**
   * @param stream the stream that the socket reads from
   * @param targets the handlers of events
   */
  constructor(
    socket: WebSocket,
    stream: Duplex,
    readonly targets: ReadonlyMap<string, EventTarget>,
    connection: ServedConnection,
    services: ChannelServices,
  ) {
    super(socket, stream, connection, services);
  }

  override bind(handlers: readonly WsMessageHandler[]): void {
    this.handlers.add(handlers);
  }

  /** `ws` has read a message. */
  onMessage(data: Buffer, isBinary: boolean): void {
    if (!this.admits(data)) return;
    if (isBinary && !acceptBinary(this.connection, data, this.services.options.allowBinary)) return;
    this.onText(data.toString());
  }

  protected override onText(text: string): void {
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

  /** The application may listen to the messages as `ws` reports them. With compression, `ws` keeps their order. */
  protected override get readsTexts(): boolean {
    return !this.services.options.compression && this.socket.listenerCount('message') === 0;
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

  override async finish(): Promise<void> {
    await Promise.all([super.finish(), this.services.dispatcher.settled(this.connection)]);
  }

  override abandon(): void {
    this.held = undefined;
    super.abandon();
  }

  override run(job: Job, hasWaited: boolean): Promise<void> | void {
    return this.services.dispatcher.run(this.connection, job, hasWaited);
  }

  private dispatch(text: string): void {
    if (!this.isListening) return;
    const job = this.services.dispatcher.accept(this, text);
    if (job) this.queue.add(job);
  }
}
