import { Injectable } from '@nestjs/common';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { Clock } from '../../time/clock.js';
import { TimerWheel, type WheelTimer } from '../../time/timer-wheel.js';
import { AwaySessions } from './away-sessions.js';
import { isEnding } from './resumable.js';
import type { ResumeSession } from './resume-session.js';
import { createResumeToken, hashOfResumeToken } from './resume-token.js';

/** How long a session is kept. */
interface Term {
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly timer: WheelTimer;
}

/** The sessions of this node. Each is found by its token, once, and ends when its client stays away too long. */
@Injectable()
export class ResumableSessions implements Iterable<ResumeSession> {
  private readonly byHash = new Map<string, ResumeSession>();
  private readonly terms = new Map<ResumeSession, Term>();
  /** How many gaps there were in what this node has read. */
  private gaps = 0;

  constructor(
    private readonly away: AwaySessions,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly node: NodeIdentity,
  ) {}

  /** How many can be resumed. */
  get size(): number {
    return this.byHash.size;
  }

  [Symbol.iterator](): IterableIterator<ResumeSession> {
    return this.byHash.values();
  }

  /** A session begins here, or comes from another node. */
  admit(session: ResumeSession): void {
    session.gaps = this.gaps;
  }

  /** Pushes are lost to all sessions that are here now. */
  breakAll(): void {
    this.gaps++;
  }

  /** Whether pushes were lost to a session while it was here. */
  isBroken({ gaps }: ResumeSession): boolean {
    return gaps !== this.gaps;
  }

  /** @returns the token that brings a session back */
  issue(session: ResumeSession): string {
    const token = createResumeToken(this.node.id);
    session.tokenHash = hashOfResumeToken(token);
    this.byHash.set(session.tokenHash, session);
    return token;
  }

  /** Uses the token of a session up. Somebody else's attempt takes nothing away. */
  take(hash: string, owner: string, path: string): ResumeSession | undefined {
    const session = this.byHash.get(hash);
    if (session?.owner !== owner || session.path !== path) return undefined;
    this.useUp(session);
    return isEnding(session) ? undefined : session;
  }

  /** Listens for a session whose client is away. @param ttlMs milliseconds until it ends */
  keep(session: ResumeSession, ttlMs: number): void {
    this.away.add(session);
    this.terms.set(session, {
      until: this.clock.monotonic() + ttlMs,
      timer: this.wheel.schedule(ttlMs, () => this.drop(session)),
    });
  }

  /** Milliseconds for which a session is still kept; undefined while its client is here. */
  timeLeft(session: ResumeSession): number | undefined {
    const term = this.terms.get(session);
    return term && term.until - this.clock.monotonic();
  }

  /** Ends the session whose client left first, if more than `count` of an owner are kept. */
  limit(owner: string, count: number): void {
    const [oldest] = this.away.of(owner);
    if (oldest && this.away.of(owner).size > count) this.drop(oldest);
  }

  /** Takes a session from where it is: from those who are away, or from a line that is dead without the server knowing. */
  release(session: ResumeSession): void {
    this.terms.get(session)?.timer.cancel();
    this.terms.delete(session);
    this.away.delete(session);
    session.connection?.terminate();
  }

  /** Nobody comes back to a session. */
  drop(session: ResumeSession): void {
    this.release(session);
    this.useUp(session);
    session.end();
  }

  private useUp(session: ResumeSession): void {
    if (session.tokenHash !== undefined) this.byHash.delete(session.tokenHash);
    session.tokenHash = undefined;
  }
}
