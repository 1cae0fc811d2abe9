import { type ExecutionContext, Injectable, type WsMessageHandler } from '@nestjs/common';
import { catchError, EMPTY, isObservable } from 'rxjs';
import { Counters } from '../counters/counters.js';
import type { EventCounters } from '../counters/event-counters.js';
import { Clock } from '../time/clock.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { isThenable } from '../time/maybe-promise.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { authorize } from './admission.js';
import type { BuiltInGuards, EventTarget } from './event-target.interface.js';
import type { InboundMessage } from './inbound-message.js';
import { MessageTimes } from './message-times.js';
import { ReplyWriter } from './reply.writer.js';
import { ViolationService } from './violation.service.js';

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

/** Calls the handlers of admitted messages, directly or through Nest, and sends what they return. */
@Injectable()
export class HandlerRunner {
  constructor(
    private readonly replies: ReplyWriter,
    private readonly violations: ViolationService,
    private readonly clock: Clock,
    private readonly counters: Counters,
    private readonly times: MessageTimes,
  ) {}

  /**
   * Resolves when the handler is done, and returns nothing if it is done already; a stream continues after that. Never
   * throws or rejects.
   *
   * @param hasWaited whether the message has waited for other handlers after it was admitted
   */
  run(connection: ServedConnection, job: Job, hasWaited: boolean): Promise<void> | void {
    const { message, target, counters, arrivedAt } = job;
    this.counters.inFlight++;
    counters.wait.observe(hasWaited ? this.clock.monotonic() - arrivedAt : 0);
    // Nest asks the guards again, which is needed if they have not decided yet or the principal may have changed since.
    if (!target?.direct || hasWaited) return this.runByNest(connection, job);
    if (isThenable(message.counted)) return this.runWhenCounted(connection, job, target);
    if (message.counted !== true || message.admitted !== true) return this.runByNest(connection, job);
    return this.runDirectly(connection, job, target);
  }

  /** For a limit that is counted elsewhere. Nest would ask the guards for the same, at several times the cost. */
  private async runWhenCounted(connection: ServedConnection, job: Job, target: EventTarget): Promise<void> {
    const { message } = job;
    const { principal } = connection;
    try {
      await message.counted;
      // Whoever is there now may be somebody else, or nobody.
      if (!connection.isOpen || connection.principal !== principal)
        return await this.runByNest(connection, job);
      message.counted = true;
      const { authorization } = target.guards as BuiltInGuards;
      const refusal = authorize(connection, message, authorization, message.context as ExecutionContext);
      if (refusal) throw new ForbiddenEventException(refusal.rule);
      if (message.admitted !== true) return await this.runByNest(connection, job);
    } catch (error) {
      this.filter(connection, message, target, error);
      return this.finishLater(connection, job);
    }
    return this.runDirectly(connection, job, target);
  }

  private runDirectly(connection: ServedConnection, job: Job, target: EventTarget): Promise<void> | void {
    const { message, socket } = job;
    try {
      const result = target.direct?.call(socket, message);
      if (isThenable(result)) return this.runOn(connection, job, target, result);
      this.write(connection, message, target, result);
    } catch (error) {
      this.filter(connection, message, target, error);
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
      this.filter(connection, message, target, error);
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
  private filter(
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
    this.times.end(job);
    const { failure } = message;
    if (failure !== 'RATE_LIMITED') connection.isLimited = false;
    if (!failure) return;
    if (message.isOwnRefusal) this.violations.noteOwn(connection, failure, message.event);
    else this.violations.recordThrown(connection, failure, message);
  }
}
