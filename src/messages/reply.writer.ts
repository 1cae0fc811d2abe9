import { Injectable } from '@nestjs/common';
import { isObservable, type Observable, type Subscription } from 'rxjs';
import type { Connection } from '../connection/connection.js';
import { Faults } from '../connection/faults.js';
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
  constructor(private readonly faults: Faults) {}

  /**
   * A stream is listened to until it ends, or the connection does.
   *
   * @returns of a stream, what resolves with its first value or its end
   */
  write(connection: Connection, message: InboundMessage, result: unknown): Promise<void> | undefined {
    if (isObservable(result)) return this.stream(connection, message, result);
    if (result === undefined || result === null) this.acknowledge(connection, message);
    else this.reply(connection, message, result);
    return undefined;
  }

  /** The client did nothing wrong: it is told so without detail, the operator gets the stack. */
  fail(connection: Connection, message: InboundMessage, error: unknown): void {
    message.failure = 'INTERNAL_ERROR';
    this.report(message, error);
    connection.fail(new InternalErrorException().toBody(), message.id);
  }

  private stream(
    connection: Connection,
    message: InboundMessage,
    values: Observable<unknown>,
  ): Promise<void> {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const subscription = this.listen(connection, message, values, begin);
    subscription.add(begin);
    if (!subscription.closed) this.stopWith(connection, message, subscription);
    return begun;
  }

  private listen(
    connection: Connection,
    message: InboundMessage,
    values: Observable<unknown>,
    begin: () => void,
  ): Subscription {
    let replied = false;
    return values.subscribe({
      next: (value) => {
        if (value !== undefined && value !== null) replied = true;
        this.reply(connection, message, value);
        begin();
      },
      error: (error: unknown) => this.fail(connection, message, error),
      complete: () => {
        if (!replied) this.acknowledge(connection, message);
      },
    });
  }

  private stopWith(connection: Connection, message: InboundMessage, subscription: Subscription): void {
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
    try {
      const { event, data } = isWsResponse(value) ? value : { event: message.event, data: value };
      connection.reply(event, data, message.id);
    } catch (error) {
      this.fail(connection, message, error);
    }
  }

  private acknowledge(connection: Connection, message: InboundMessage): void {
    if (message.id === undefined || message.failure) return;
    connection.reply(ReservedEvent.ACK, null, message.id);
  }

  private report(message: InboundMessage, error: unknown): void {
    this.faults.report(`The answer to "${message.event}" failed`, error);
  }
}

/** Nest's own shape of a reply: an `event`, and at most `data` beside it. */
function isWsResponse(value: unknown): value is WsResponse {
  if (typeof value !== 'object' || value === null || !('event' in value)) return false;
  return (
    typeof value.event === 'string' && Object.keys(value).every((key) => key === 'event' || key === 'data')
  );
}
