import type { ErrorBody, GoodbyeBody, PushFrame, SessionBody } from '../protocol/envelope.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { ClientEvents } from './client-state.js';
import type { Emitter } from './emitter.js';
import { toErrorBody, toGoodbye, toPush, toSession, type Frame } from './frame.js';
import type { ResumePoint } from './offered-protocols.js';
import type { PendingRequests } from './pending-requests.js';
import type { RetryPlan } from './retry-plan.js';

/** Takes each frame to whom it concerns, and keeps what the next connection needs of this one. */
export class Inbox {
  session: SessionBody | null = null;
  /** Where to take up the session again; null when the server does not offer it. */
  resume: ResumePoint | null = null;

  constructor(
    private readonly events: Emitter<ClientEvents>,
    private readonly requests: PendingRequests,
    private readonly plan: RetryPlan,
  ) {}

  clear(): void {
    this.session = null;
    this.resume = null;
  }

  receive(frame: Frame): void {
    const { event, id, data } = frame;
    const answers = id !== undefined && id !== null;
    if (event === ReservedEvent.EXCEPTION) this.receiveError(toErrorBody(data), answers ? id : undefined);
    else if (answers) this.requests.resolve(id, data);
    else if (event === ReservedEvent.SESSION) this.receiveSession(toSession(data));
    else if (event === ReservedEvent.GOODBYE) this.receiveGoodbye(toGoodbye(data));
    else if (event !== ReservedEvent.PONG) this.receivePush(toPush(frame));
  }

  private receiveError(error: ErrorBody, id: unknown): void {
    if (error.retryAfterMs !== undefined) this.plan.heardLimit(error.retryAfterMs);
    if (id === undefined) this.events.emit('problem', error);
    else this.requests.reject(id, error);
  }

  private receiveSession(session: SessionBody | null): void {
    if (!session) return;
    this.session = session;
    this.resume = session.resume ? { token: session.resume.token, seq: session.resume.seq } : null;
    this.events.emit('session', session);
  }

  private receiveGoodbye(goodbye: GoodbyeBody | null): void {
    if (!goodbye) return;
    this.plan.heardGoodbye(goodbye);
    this.events.emit('goodbye', goodbye);
  }

  private receivePush(push: PushFrame): void {
    if (this.resume && push.seq !== undefined) this.resume.seq = push.seq;
    this.events.emit('push', push);
  }
}
