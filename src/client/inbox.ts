import type { ErrorBody, GoodbyeBody, SessionBody } from '../protocol/envelope.js';
import { isReservedEvent } from '../protocol/reserved-event.js';
import type { ResumePoint } from './attempt.js';
import type { MessageCheck } from './client-options.interface.js';
import type { ClientEvents } from './client-state.js';
import type { Emitter } from './emitter.js';
import { toErrorBody, toGoodbye, toPush, toResumePoint, toSession, type Frame } from './frame.js';
import { pass } from './message-check.js';
import type { PendingRequests } from './pending-requests.js';
import { RequestError } from './request.error.js';
import type { RetryPlan } from './retry-plan.js';

/** Dispatches received frames, and keeps what is needed to resume the session on the next connection. */
export class Inbox {
  session: SessionBody | null = null;
  /** The session to resume; null if the server does not offer it. */
  resume: ResumePoint | null = null;
  readonly #events: Emitter<ClientEvents>;
  readonly #requests: PendingRequests;
  readonly #plan: RetryPlan;
  readonly #check: MessageCheck | undefined;

  constructor(
    events: Emitter<ClientEvents>,
    requests: PendingRequests,
    plan: RetryPlan,
    check: MessageCheck | undefined,
  ) {
    this.#events = events;
    this.#requests = requests;
    this.#plan = plan;
    this.#check = check;
  }

  clear(): void {
    this.session = this.resume = null;
  }

  receive(frame: Frame): void {
    const { event, data } = frame;
    const id = frame.id ?? undefined;
    if (event === 'exception') this.#receiveError(toErrorBody(data), id);
    else if (id !== undefined) this.#receiveReply(frame);
    else if (event === 'session') this.#receiveSession(toSession(data));
    else if (event === 'goodbye') this.#receiveGoodbye(toGoodbye(data));
    else if (!isReservedEvent(event)) this.#receivePush(frame);
  }

  #receiveError(error: ErrorBody, id: unknown): void {
    if (error.retryAfterMs !== undefined) this.#plan.heardLimit(error.retryAfterMs);
    if (id === undefined) this.#events.emit('problem', error);
    else {
      const { status: _status, code, message, ...details } = error;
      this.#requests.settle(id, new RequestError(code, message, details));
    }
  }

  #receiveReply({ event, data, id }: Frame): void {
    try {
      pass(this.#check, event, data);
      this.#requests.settle(id, null, data);
    } catch (cause) {
      this.#requests.settle(id, new RequestError('INVALID_REPLY', 'INVALID_REPLY', { cause }));
    }
  }

  #receiveSession(session: SessionBody | null): void {
    if (!session) return;
    const { resume: before } = this;
    const now = toResumePoint(session.resume);
    this.session = session;
    this.resume = now;
    this.#events.emit('session', session);
    if (!before) return;
    let missed: number | null = null;
    if (now && session.resume?.recovered === true) {
      // The missed pushes follow with their original numbers.
      missed = Math.max(0, now.seq - before.seq);
      now.seq = before.seq;
    }
    this.#events.emit('resumed', { recovered: missed !== null, missed });
  }

  #receiveGoodbye(goodbye: GoodbyeBody | null): void {
    if (!goodbye) return;
    this.#plan.heardGoodbye(goodbye);
    this.#events.emit('goodbye', goodbye);
  }

  #receivePush(frame: Frame): void {
    const push = toPush(frame);
    const { event, data, seq } = push;
    if (this.resume && seq !== undefined) {
      if (seq <= this.resume.seq) return;
      this.resume.seq = seq;
    }
    try {
      pass(this.#check, event, data);
    } catch (error) {
      return this.#events.emit('invalid', { event, data, error });
    }
    this.#events.emit('push', push);
  }
}
