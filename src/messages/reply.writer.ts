import { Injectable, Logger } from '@nestjs/common';
import { isObservable, type Observable } from 'rxjs';
import type { Connection } from '../connection/connection.js';
import { InternalErrorException } from '../errors/ws-exceptions.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { InboundMessage } from './inbound-message.js';

interface WsResponse {
  event: string;
  data: unknown;
}

/** Brings what a handler returned to the client: one value, a stream of them, or an acknowledgement. */
@Injectable()
export class ReplyWriter {
  private readonly logger = new Logger('WsSecurity');

  /** A stream is listened to until it ends, or the connection does. */
  write(connection: Connection, message: InboundMessage, result: unknown): void {
    if (isObservable(result)) this.stream(connection, message, result);
    else if (result === undefined || result === null) this.acknowledge(connection, message);
    else this.reply(connection, message, result);
  }

  /** The client did nothing wrong: it is told so without detail, the operator gets the stack. */
  fail(connection: Connection, message: InboundMessage, error: unknown): void {
    message.failure = 'INTERNAL_ERROR';
    this.report(message, error);
    connection.fail(new InternalErrorException().toBody(), message.id);
  }

  private stream(connection: Connection, message: InboundMessage, values: Observable<unknown>): void {
    let replied = false;
    const subscription = values.subscribe({
      next: (value) => {
        if (value !== undefined && value !== null) replied = true;
        this.reply(connection, message, value);
      },
      error: (error: unknown) => this.fail(connection, message, error),
      complete: () => {
        if (!replied) this.acknowledge(connection, message);
      },
    });
    if (subscription.closed) return;
    const stop = (): void => {
      try {
        subscription.unsubscribe();
      } catch (error) {
        // What a stream does at its end is the application's, and must not end the process.
        this.report(message, error);
      }
    };
    subscription.add(() => connection.offClosed(stop));
    connection.onClosed(stop);
  }

  private reply(connection: Connection, message: InboundMessage, value: unknown): void {
    if (value === undefined || value === null) return;
    const { event, data } = isWsResponse(value) ? value : { event: message.event, data: value };
    try {
      connection.reply(event, data, message.id);
    } catch (error) {
      message.failure = 'INTERNAL_ERROR';
      this.report(message, error);
    }
  }

  private acknowledge(connection: Connection, message: InboundMessage): void {
    if (message.id === undefined || message.failure) return;
    connection.reply(ReservedEvent.ACK, null, message.id);
  }

  private report(message: InboundMessage, error: unknown): void {
    const text = `The answer to "${message.event}" failed`;
    this.logger.error(text, error instanceof Error ? error.stack : undefined);
  }
}

/** Nest's own shape of a reply: an `event`, and at most `data` beside it. */
function isWsResponse(value: unknown): value is WsResponse {
  if (typeof value !== 'object' || value === null || !('event' in value)) return false;
  return (
    typeof value.event === 'string' && Object.keys(value).every((key) => key === 'event' || key === 'data')
  );
}
