import { Injectable } from '@nestjs/common';
import { isObservable, type Observable } from 'rxjs';
import type { ServedConnection } from '../connection/served-connection.js';
import { InternalErrorException, OverloadedException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageFaults } from './message-faults.js';
import { ReplyStream } from './reply-stream.js';

/** It is not known when a stream will end, so the client should retry after a second. */
const STREAM_RETRY_MS = 1000;
const NO_PLACE = Object.freeze(new OverloadedException(STREAM_RETRY_MS).toBody());

interface WsResponse {
  event: string;
  data: unknown;
}

/** Sends the result of a handler: one value, a stream, or an acknowledgement. */
@Injectable()
export class ReplyWriter {
  constructor(
    @InjectSecurityOptions() private readonly options: Pick<ResolvedOptions, 'maxStreams'>,
    private readonly faults: MessageFaults,
  ) {}

  /**
   * Subscribes to a stream until it or the connection ends. A stream over the limit is answered `OVERLOADED`.
   *
   * @param isIntercepted whether the result comes from an interceptor and is always an observable
   * @returns for a stream, a promise that resolves with its first value or at its end
   */
  write(
    connection: ServedConnection,
    message: InboundMessage,
    result: unknown,
    isIntercepted: boolean,
  ): Promise<void> | undefined {
    if (isObservable(result)) return this.stream(connection, message, result, isIntercepted);
    if (result === undefined || result === null) this.acknowledge(connection, message);
    else this.reply(connection, message, result);
    return undefined;
  }

  /** Answers without detail and reports the stack to the operator. */
  fail(connection: ServedConnection, message: InboundMessage, error: unknown): void {
    message.failure = 'INTERNAL_ERROR';
    this.report(connection, message, error);
    connection.fail(new InternalErrorException().toBody(), message.id);
  }

  private stream(
    connection: ServedConnection,
    message: InboundMessage,
    values: Observable<unknown>,
    isIntercepted: boolean,
  ): Promise<void> {
    let replied = false;
    const stream = new ReplyStream(connection, this.options.maxStreams, {
      next: (value) => {
        if (value !== undefined && value !== null) replied = true;
        this.reply(connection, message, value);
      },
      error: (error) => this.fail(connection, message, error),
      complete: () => {
        if (!replied) this.acknowledge(connection, message);
      },
      hasFailed: () => message.failure !== undefined,
      refuse: () => {
        message.failure = NO_PLACE.code;
        message.rule = `streams ${this.options.maxStreams}`;
        connection.fail(NO_PLACE, message.id);
      },
      report: (error) => this.report(connection, message, error),
    });
    return new Promise((begun) => stream.listen(values, isIntercepted, begun));
  }

  private reply(connection: ServedConnection, message: InboundMessage, value: unknown): void {
    if (value === undefined || value === null) return;
    try {
      const { event, data } = isWsResponse(value) ? value : { event: message.event, data: value };
      connection.reply(event, data, message.id);
    } catch (error) {
      this.fail(connection, message, error);
    }
  }

  private acknowledge(connection: ServedConnection, message: InboundMessage): void {
    if (message.id === undefined || message.failure) return;
    connection.reply(ReservedEvent.ACK, null, message.id);
  }

  private report(connection: ServedConnection, { event }: InboundMessage, error: unknown): void {
    this.faults.report(connection, event, `The answer to "${event}" failed`, error);
  }
}

/** Nest's `WsResponse`: an `event` and optionally `data`, without other members. */
function isWsResponse(value: unknown): value is WsResponse {
  if (typeof value !== 'object' || value === null || !('event' in value)) return false;
  return (
    typeof value.event === 'string' && Object.keys(value).every((key) => key === 'event' || key === 'data')
  );
}
