import { Injectable } from '@nestjs/common';
import { Clock } from '../connection/clock.js';
import type { Connection } from '../connection/connection.js';
import {
  BadMessageException,
  TokenExpiredException,
  UnknownEventException,
} from '../errors/ws-exceptions.js';
import { WsSecurityException } from '../errors/ws-security.exception.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { isExpired } from '../connection/principal.js';
import { AuthEventHandler } from './auth-event.handler.js';
import { FrameDecoder } from './frame-decoder.js';
import { InboundMessage } from './inbound-message.js';
import type { MessageHandlers } from './message-handlers.js';
import { ReplyWriter } from './reply.writer.js';

const UNREADABLE = new InboundMessage('', undefined, undefined);

/** From a text frame to the handler and back. Whatever happens on the way, the process and the connection stay. */
@Injectable()
export class MessageDispatcher {
  constructor(
    private readonly decoder: FrameDecoder,
    private readonly replies: ReplyWriter,
    private readonly auth: AuthEventHandler,
    private readonly clock: Clock,
  ) {}

  dispatch(connection: Connection, handlers: MessageHandlers, text: string): void {
    let message: InboundMessage | undefined;
    try {
      message = this.decoder.decode(text);
      this.route(connection, handlers, message);
    } catch (error) {
      if (error instanceof BadMessageException) connection.fail(error.toBody(), error.id);
      else if (error instanceof WsSecurityException) connection.fail(error.toBody(), message?.id);
      else this.replies.fail(connection, message ?? UNREADABLE, error);
    }
  }

  private route(connection: Connection, handlers: MessageHandlers, message: InboundMessage): void {
    if (message.event === ReservedEvent.PING) {
      connection.reply(ReservedEvent.PONG, null, message.id);
      return;
    }
    if (message.event === ReservedEvent.AUTH) {
      this.auth.handle(connection, message);
      return;
    }
    // Somebody whose credential has expired may do nothing but bring a new one.
    if (isExpired(connection.principal, this.clock.now())) throw new TokenExpiredException();
    const handler = handlers.of(message.event);
    if (!handler) throw new UnknownEventException();
    void this.serve(connection, handler.callback, message);
  }

  private async serve(
    connection: Connection,
    callback: (...args: unknown[]) => unknown,
    message: InboundMessage,
  ): Promise<void> {
    try {
      const result: unknown = await callback(message.data, message.event, message);
      await this.replies.write(connection, message, result);
    } catch (error) {
      this.replies.fail(connection, message, error);
    }
  }
}
