import { Injectable, type WsMessageHandler } from '@nestjs/common';
import { Clock } from '../connection/clock.js';
import type { Connection } from '../connection/connection.js';
import { isExpired } from '../connection/principal.js';
import {
  BadMessageException,
  TokenExpiredException,
  UnknownEventException,
} from '../errors/ws-exceptions.js';
import type { WsSecurityException } from '../errors/ws-security.exception.js';
import type { FrameId } from '../protocol/envelope.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { AuthEventHandler } from './auth-event.handler.js';
import { FrameDecoder } from './frame-decoder.js';
import type { InboundMessage } from './inbound-message.js';
import type { MessageHandlers } from './message-handlers.js';
import { ReplyWriter } from './reply.writer.js';
import { Violations } from './violations.service.js';

/** A message and the handler that will serve it. */
export interface Job {
  readonly message: InboundMessage;
  readonly handler: WsMessageHandler;
}

/** From a text to the handler and back. Whatever happens on the way, the process and the connection stay. */
@Injectable()
export class MessageDispatcher {
  constructor(
    private readonly decoder: FrameDecoder,
    private readonly replies: ReplyWriter,
    private readonly auth: AuthEventHandler,
    private readonly violations: Violations,
    private readonly clock: Clock,
  ) {}

  /** @returns what is left to do for a message; undefined when it has been answered */
  accept(connection: Connection, handlers: MessageHandlers, text: string): Job | undefined {
    let message: InboundMessage;
    try {
      message = this.decoder.decode(text);
    } catch (error) {
      const refusal =
        error instanceof BadMessageException ? error : new BadMessageException({ cause: error });
      return this.refuse(connection, refusal, refusal.id);
    }
    return this.route(connection, handlers, message);
  }

  /** Resolves when the handler is done; what it streams goes on. Never rejects. */
  async run(connection: Connection, { message, handler }: Job): Promise<void> {
    try {
      const result: unknown = await handler.callback(message.data, message.event, message);
      this.replies.write(connection, message, result);
    } catch (error) {
      this.replies.fail(connection, message, error);
    }
    if (message.failure !== 'RATE_LIMITED') connection.isLimited = false;
    if (message.failure) this.violations.record(connection, message.failure);
  }

  private route(connection: Connection, handlers: MessageHandlers, message: InboundMessage): Job | undefined {
    const { event, id } = message;
    if (event === ReservedEvent.PING) {
      connection.reply(ReservedEvent.PONG, null, id);
      return undefined;
    }
    if (event === ReservedEvent.AUTH) {
      this.auth.handle(connection, message);
      return undefined;
    }
    // Somebody whose credential has expired may do nothing but bring a new one.
    if (isExpired(connection.principal, this.clock.now()))
      return this.refuse(connection, new TokenExpiredException(), id);
    const handler = handlers.of(event);
    return handler ? { message, handler } : this.refuse(connection, new UnknownEventException(), id);
  }

  private refuse(connection: Connection, refusal: WsSecurityException, id: FrameId | undefined): undefined {
    connection.fail(refusal.toBody(), id);
    this.violations.record(connection, refusal.code);
  }
}
