import type { ArgumentsHost, ExceptionFilter, Type } from '@nestjs/common';
import type { ServedConnection } from '../connection/served-connection.js';
import { servedConnectionOf } from '../connection/connection-of.js';
import { failedPart } from '../faults/failed-part.js';
import { isThenable } from '../time/maybe-promise.js';
import { InternalErrorException, ValidationFailedException } from '../errors/ws-exceptions.js';
import { detailedBy, errorBodyOf, isOwnRefusal, ruleOf } from './error-body.js';
import type { InboundMessage, MessageFilters } from './inbound-message.js';
import type { MessageFaults } from './message-faults.js';
import { idOfFrame, onSent } from './sent-frames.js';
import { WsExceptionFilter } from './ws-exception.filter.js';

/** A filter and the exceptions that it catches; an empty list means all. */
export interface BoundFilter {
  readonly filter: ExceptionFilter;
  readonly catches: readonly Type[];
}

const INTERNAL_ERROR = Object.freeze(new InternalErrorException().toBody());

/**
 * The filters of one handler. Nest drops the exception after it has called a filter of the application, does not await
 * the filter, and lets errors of the filter end the process. Here each request is answered under its id, even if the
 * filter fails.
 */
export class HandlerFilters implements MessageFilters {
  /** @param filters in the order in which they are called */
  constructor(
    private readonly filters: readonly BoundFilter[],
    private readonly faults: MessageFaults,
  ) {}

  /** Calls the first filter that catches the exception. */
  handle(exception: unknown, host: ArgumentsHost, message: InboundMessage): void {
    // A failed message is not acknowledged.
    message.failure = (errorBodyOf(exception) ?? INTERNAL_ERROR).code;
    message.isOwnRefusal = isOwnRefusal(exception);
    message.rule ??= ruleOf(exception);
    message.exception = detailedBy(exception);
    const client = host.getArgByIndex<object>(0);
    const connection = servedConnectionOf(client);
    if (exception instanceof ValidationFailedException && exception.cause !== undefined) {
      const { event } = message;
      this.faults.reportWithoutMessage(connection, event, `A rule of "${event}" failed`, exception.cause);
    }
    const filter = this.filterFor(exception);
    const endListening = answersItself(filter)
      ? listenForAnswer(message, client, connection.socket)
      : undefined;
    const settle = (thrown: unknown): void => {
      endListening?.();
      this.settle(connection, message, exception, thrown);
    };
    try {
      // oxlint-disable-next-line promise/valid-params -- no promise
      const pending: unknown = filter?.catch(exception, host);
      if (isThenable(pending))
        message.filtered = Promise.resolve(pending).then(() => settle(exception), settle);
      else settle(exception);
    } catch (error) {
      settle(error);
    }
  }

  private filterFor(exception: unknown): ExceptionFilter | undefined {
    return this.filters.find(
      ({ catches }) => catches.length === 0 || catches.some((type) => exception instanceof type),
    )?.filter;
  }

  /** @param thrown the error of the filter if it failed, otherwise the exception itself */
  private settle(
    connection: ServedConnection,
    message: InboundMessage,
    exception: unknown,
    thrown: unknown,
  ): void {
    if (!message.answeredBy) {
      const body = errorBodyOf(thrown) ?? INTERNAL_ERROR;
      message.failure = body.code;
      message.isOwnRefusal = isOwnRefusal(thrown);
      if (message.id !== undefined) connection.fail(body, message.id);
    }
    // The application knows about exceptions that its own filter has answered.
    if (message.answeredBy === 'application' || message.failure !== 'INTERNAL_ERROR') return;
    const part = thrown === exception ? 'handler' : 'filter';
    this.faults.report(connection, message.event, failedPart(message.event, thrown, part), thrown);
  }
}

/** Whether the filter has its own `catch()`. The built-in `catch()` records its answers itself. */
function answersItself(filter: ExceptionFilter | undefined): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- compared, not called
  return filter !== undefined && filter.catch !== WsExceptionFilter.prototype.catch;
}

/** Records that the application has answered the request: by a frame with its id, or by any frame if it has no id. */
function listenForAnswer(message: InboundMessage, ...senders: readonly object[]): () => void {
  const listener = (data: unknown): void => {
    if (message.id === undefined || idOfFrame(data) === message.id) message.answeredBy = 'application';
  };
  const ends = senders.map((sender) => onSent(sender, listener));
  return () => ends.forEach((end) => end());
}
