import { Injectable } from '@nestjs/common';
import type { EventCounters } from '../counters/event-counters.js';
import { Clock } from '../time/clock.js';
import type { ServedConnection } from '../connection/served-connection.js';
import { isExpired } from '../connection/principal.js';
import {
  BadMessageException,
  TokenExpiredException,
  UnknownEventException,
} from '../errors/ws-exceptions.js';
import type { Excess } from '../throttling/excess.js';
import type { ErrorBody, FrameId } from '../protocol/envelope.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { admit } from './admission.js';
import { AuthEventHandler } from './auth-event.handler.js';
import { detailedBy, errorBodyOf, isOwnRefusal, ruleOf } from './error-body.js';
import { FrameDecoder } from './frame-decoder.js';
import { HandlerRunner, type Job } from './handler-runner.js';
import type { EventTarget } from './event-target.interface.js';
import { InboundMessage } from './inbound-message.js';
import type { MessageHandlers } from './message-handlers.js';
import { ReplyWriter } from './reply.writer.js';
import { ViolationService } from './violation.service.js';

/** The handlers for the messages of a connection. */
export interface Route {
  readonly socket: object;
  readonly connection: ServedConnection;
  readonly handlers: MessageHandlers;
  readonly targets: ReadonlyMap<string, EventTarget>;
  /** Whether the client has sent a text that is not a message. */
  hasSentUnreadable: boolean;
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
 * Decodes a text, and decides whether a handler may have the message. Errors on the way end neither the process nor the
 * connection.
 */
@Injectable()
export class MessageDispatcher {
  constructor(
    private readonly decoder: FrameDecoder,
    private readonly replies: ReplyWriter,
    private readonly auth: AuthEventHandler,
    private readonly violations: ViolationService,
    private readonly clock: Clock,
    private readonly runner: HandlerRunner,
  ) {}

  /** @returns the handler to run for the message; undefined if the message has been answered */
  accept(route: Route, text: string): Job | undefined {
    const message = this.decoder.read(text, route.hasSentUnreadable);
    if (message instanceof InboundMessage) return this.route(route, message);
    route.hasSentUnreadable = true;
    const { connection } = route;
    return this.refuse(connection, BAD_MESSAGE, message, connection.counters.otherEvents);
  }

  /** Runs the handler of a message that `accept()` has admitted, see {@link HandlerRunner.run}. */
  run(connection: ServedConnection, job: Job, hasWaited: boolean): Promise<void> | void {
    return this.runner.run(connection, job, hasWaited);
  }

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
        if (!isOwnRefusal(error)) this.violations.recordThrown(connection, refusal.code, message);
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
    connection.refuse(body, id, excess?.waitMs);
    this.violations.record(connection, body.code, event, rule, excess);
  }
}
