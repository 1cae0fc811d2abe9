import { type ExecutionContext, Injectable, type WsMessageHandler } from '@nestjs/common';
import { catchError, EMPTY, isObservable } from 'rxjs';
import { Counters } from '../counters/counters.js';
import type { EventCounters } from '../counters/event-counters.js';
import { Clock } from '../time/clock.js';
import { isThenable } from '../time/maybe-promise.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { isExpired } from '../connection/principal.js';
import {
  BadMessageException,
  TokenExpiredException,
  UnknownEventException,
} from '../errors/ws-exceptions.js';
import type { Excess } from '../throttling/excess.js';
import type { ErrorBody, FrameId } from '../protocol/envelope.js';
import type { ErrorCode } from '../protocol/error-code.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { admit } from './admission.js';
import { AuthEventHandler } from './auth-event.handler.js';
import { detailedBy, errorBodyOf, isOwnRefusal, ruleOf } from './error-body.js';
import { FrameDecoder } from './frame-decoder.js';
import type { EventTarget } from './event-target.interface.js';
import { InboundMessage } from './inbound-message.js';
import type { MessageHandlers } from './message-handlers.js';
import { ReplyWriter } from './reply.writer.js';
import { ViolationService } from './violation.service.js';
import { afterWrites } from './write-batch.js';

/** A message and the handler that will serve it. */
export interface Job {
  readonly message: InboundMessage;
  readonly handler: WsMessageHandler;
  readonly target: EventTarget | undefined;
  /** The client object of the gateway. */
  readonly socket: object;
  /** What is counted of its event. */
  readonly counters: EventCounters;
  /** Monotonic milliseconds when the message arrived. */
  readonly arrivedAt: number;
}

/** The handlers for the messages of a connection. */
export interface Route {
  readonly socket: object;
  readonly connection: ServedConnection;
  readonly handlers: MessageHandlers;
  readonly targets: ReadonlyMap<string, EventTarget>;
}

/** A frame that is answered with an error. Its event is undefined if it could not be read. */
interface RefusedFrame {
  readonly event?: string;
  readonly id: FrameId | undefined;
}

const BAD_MESSAGE = Object.freeze(new BadMessageException().toBody());
const UNKNOWN_EVENT = Object.freeze(new UnknownEventException().toBody());
const TOKEN_EXPIRED = Object.freeze(new TokenExpiredException().toBody());

/**
 * Decodes a text, calls its handler and sends the reply. Errors on the way end neither the process nor the connection.
 */
@Injectable()
export class MessageDispatcher {
  /** Messages whose handlers were done in this turn of the event loop. One reading of the clock measures all. */
  private readonly done: Job[] = [];

  constructor(
    private readonly decoder: FrameDecoder,
    private readonly replies: ReplyWriter,
    private readonly auth: AuthEventHandler,
    private readonly violations: ViolationService,
    private readonly clock: Clock,
    private readonly counters: Counters,
  ) {}

  /** @returns the handler to run for the message; undefined if the message has been answered */
  accept(route: Route, text: string): Job | undefined {
    const message = this.decoder.read(text);
    if (message instanceof InboundMessage) return this.route(route, message);
    const { connection } = route;
    return this.refuse(connection, BAD_MESSAGE, message, connection.counters.otherEvents);
  }

  /**
   * Resolves when the handler is done, and returns nothing if it is done already; a stream continues after that. Never
   * throws or rejects.
   *
   * @param hasWaited whether the message has waited for other handlers after it was admitted
   */
  run(connection: ServedConnection, job: Job, hasWaited: boolean): Promise<void> | void {
    const { message, target, socket, counters, arrivedAt } = job;
    this.counters.inFlight++;
    counters.wait.observe(hasWaited ? this.clock.monotonic() - arrivedAt : 0);
    // Nest asks the guards again, which is needed if they have not decided yet or the principal may have changed since.
    if (!target?.direct || hasWaited || message.counted !== true || message.admitted !== true)
      return this.runByNest(connection, job);
    try {
      const result = target.direct.call(socket, message);
      if (isThenable(result)) return this.runOn(connection, job, target, result);
      this.write(connection, message, target, result);
    } catch (error) {
      this.catch(connection, message, target, error);
    }
    if (message.filtered) return this.finishLater(connection, job);
    this.finish(connection, job);
  }

  private async runOn(
    connection: ServedConnection,
    job: Job,
    target: EventTarget,
    pending: PromiseLike<unknown>,
  ): Promise<void> {
    const { message } = job;
    try {
      this.write(connection, message, target, await pending);
    } catch (error) {
      this.catch(connection, message, target, error);
    }
    await this.finishLater(connection, job);
  }

  private write(
    connection: ServedConnection,
    message: InboundMessage,
    target: EventTarget,
    result: unknown,
  ): void {
    const filtered = isObservable(result)
      ? result.pipe(
          catchError((error: unknown) => {
            target.filters.handle(error, message.context as ExecutionContext, message);
            return EMPTY;
          }),
        )
      : result;
    void this.replies.write(connection, message, filtered, false);
  }

  /** Calls the filters for an exception, as Nest does. */
  private catch(
    connection: ServedConnection,
    message: InboundMessage,
    target: EventTarget,
    exception: unknown,
  ): void {
    try {
      target.filters.handle(exception, message.context as ExecutionContext, message);
    } catch (error) {
      this.replies.fail(connection, message, error);
    }
  }

  private async finishLater(connection: ServedConnection, job: Job): Promise<void> {
    const { message } = job;
    try {
      await message.filtered;
    } catch (error) {
      this.replies.fail(connection, message, error);
    }
    this.finish(connection, job);
  }

  private async runByNest(connection: ServedConnection, job: Job): Promise<void> {
    const { message, handler, target } = job;
    const isIntercepted = target?.isIntercepted === true;
    try {
      const result: unknown = await handler.callback(message.data, message.event, message);
      const begun = this.replies.write(connection, message, result, isIntercepted);
      if (isIntercepted) await begun;
      if (message.filtered) await message.filtered;
    } catch (error) {
      this.replies.fail(connection, message, error);
    }
    this.finish(connection, job);
  }

  private finish(connection: ServedConnection, job: Job): void {
    const { message } = job;
    this.counters.inFlight--;
    if (this.done.push(job) === 1) afterWrites(this.measure);
    const { failure } = message;
    if (failure !== 'RATE_LIMITED') connection.isLimited = false;
    if (!failure) return;
    if (message.isOwnRefusal) this.violations.noteOwn(connection, failure, message.event);
    else this.recordThrown(connection, failure, message);
  }

  private readonly measure = (): void => {
    const now = this.clock.monotonic();
    for (const { message, counters, arrivedAt } of this.done)
      counters.handled(now - arrivedAt, message.failure);
    this.done.length = 0;
  };

  /** Resolves when the last `auth` message of the connection has been answered. */
  settled(connection: ServedConnection): Promise<void> {
    return this.auth.settled(connection);
  }

  private route(route: Route, message: InboundMessage): Job | undefined {
    const { connection } = route;
    const { event } = message;
    if (event === ReservedEvent.PING) {
      connection.reply(ReservedEvent.PONG, null, message.id);
      return undefined;
    }
    connection.lastActive = connection.lastSeen;
    if (event === ReservedEvent.AUTH) {
      this.auth.handle(connection, message);
      return undefined;
    }
    // A connection with an expired credential can only send a new one.
    if (isExpired(connection.principal, this.clock.now()))
      return this.refuse(connection, TOKEN_EXPIRED, message, connection.counters.event(event));
    const handler = route.handlers.of(event);
    if (!handler) return this.refuse(connection, UNKNOWN_EVENT, message, connection.counters.otherEvents);
    const target = route.targets.get(event);
    if (target && !this.isAdmitted(route, message, target)) return undefined;
    message.filters = target?.filters;
    return {
      message,
      handler,
      target,
      socket: route.socket,
      counters: target?.counters ?? connection.counters.otherEvents,
      arrivedAt: connection.lastSeen,
    };
  }

  private isAdmitted({ socket, connection }: Route, message: InboundMessage, target: EventTarget): boolean {
    try {
      const refusal = admit(socket, connection, message, target);
      if (refusal)
        this.refuse(connection, refusal.body, message, target.counters, refusal.rule, refusal.excess);
      return !refusal;
    } catch (error) {
      const refusal = errorBodyOf(error);
      if (refusal && refusal.code !== 'INTERNAL_ERROR') {
        target.counters.refused(refusal.code);
        connection.refuse(refusal, message.id);
        message.rule = ruleOf(error);
        message.exception = detailedBy(error);
        if (!isOwnRefusal(error)) this.recordThrown(connection, refusal.code, message);
      } else {
        target.counters.refused('INTERNAL_ERROR');
        this.replies.fail(connection, message, error);
      }
      return false;
    }
  }

  private refuse(
    connection: ServedConnection,
    body: ErrorBody,
    { event, id }: RefusedFrame,
    counters: EventCounters,
    rule?: string,
    excess?: Excess,
  ): undefined {
    counters.refused(body.code);
    connection.refuse(body, id);
    this.violations.record(connection, body.code, event, rule, excess);
  }

  /**
   * Records a violation for an exception of the module. `BAD_MESSAGE` does not count: the frame was valid, and the
   * application rejects its content.
   */
  private recordThrown(connection: ServedConnection, code: ErrorCode, message: InboundMessage): void {
    const { event, rule, exception } = message;
    if (code !== 'BAD_MESSAGE') this.violations.record(connection, code, event, rule, exception);
  }
}
