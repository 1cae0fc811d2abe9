import type { ArgumentsHost, ExceptionFilter, Type } from '@nestjs/common';
import type { ServedConnection } from '../connection/served-connection.js';
import { servedConnectionOf } from '../connection/connection-of.js';
import type { Faults } from '../faults/faults.js';
import { isThenable } from '../time/maybe-promise.js';
import { InternalErrorException, ValidationFailedException } from '../errors/ws-exceptions.js';
import { errorBodyOf } from './error-body.js';
import type { InboundMessage } from './inbound-message.js';
import { idOfFrame, onSent } from './sent-frames.js';
import { WsExceptionFilter } from './ws-exception.filter.js';

/** A filter and the exceptions that it is for; all of them when none is named. */
export interface BoundFilter {
  readonly filter: ExceptionFilter;
  readonly catches: readonly Type[];
}

const INTERNAL_ERROR = Object.freeze(new InternalErrorException().toBody());

/**
 * The filters of one handler. Nest forgets that a handler threw once a filter of the application has seen it, does not
 * wait for that filter, and leaves what it throws or rejects with to end the process. Here a request gets an answer
 * under its id, whatever the filter does.
 */
export class HandlerFilters {
  /** @param filters in the order in which they are asked */
  constructor(
    private readonly filters: readonly BoundFilter[],
    private readonly faults: Faults,
  ) {}

  /** Asks the first filter that is for the exception. Throws nothing. */
  handle(exception: unknown, host: ArgumentsHost, message: InboundMessage): void {
    // From here on it is not acknowledged.
    message.failure = (errorBodyOf(exception) ?? INTERNAL_ERROR).code;
    if (exception instanceof ValidationFailedException && exception.cause !== undefined)
      this.faults.reportWithoutMessage(`A rule of "${message.event}" failed`, exception.cause);
    const client = host.getArgByIndex<object>(0);
    const connection = servedConnectionOf(client);
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

  /** @param thrown by the filter, which then is what happened; otherwise the exception itself */
  private settle(
    connection: ServedConnection,
    message: InboundMessage,
    exception: unknown,
    thrown: unknown,
  ): void {
    if (!message.answeredBy) {
      const body = errorBodyOf(thrown) ?? INTERNAL_ERROR;
      message.failure = body.code;
      if (message.id !== undefined) connection.fail(body, message.id);
    }
    // What its own filter has answered, the application knows of.
    if (message.answeredBy === 'application' || message.failure !== 'INTERNAL_ERROR') return;
    const who = thrown === exception ? 'handler' : 'filter';
    this.faults.report(`A ${who} of "${message.event}" failed`, thrown);
  }
}

/** One with the `catch()` of ours says what it answers. */
function answersItself(filter: ExceptionFilter | undefined): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- compared, not called
  return filter !== undefined && filter.catch !== WsExceptionFilter.prototype.catch;
}

/** Who sends a frame under the id of the request has answered it; where there is none, any frame will do. */
function listenForAnswer(message: InboundMessage, ...senders: readonly object[]): () => void {
  const hear = (data: unknown): void => {
    if (message.id === undefined || idOfFrame(data) === message.id) message.answeredBy = 'application';
  };
  const ends = senders.map((sender) => onSent(sender, hear));
  return () => ends.forEach((end) => end());
}
