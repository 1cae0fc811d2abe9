import { Injectable } from '@nestjs/common';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { Clock } from '../../time/clock.js';
import { TimerWheel, type WheelTimer } from '../../time/timer-wheel.js';
import type { ServedConnection } from '../served-connection.js';
import { AwaySessions } from './away-sessions.js';
import { isEnding } from './resumable.js';
import type { ResumeSession } from './resume-session.js';
import { createResumeToken, hashOfResumeToken } from './resume-token.js';

/** The number of used tokens that are remembered. */
const MAX_USED = 10_000;

/** Why a resume token should not have been presented. */
export type ResumeMisuse = 'used token' | 'token of another user';

/** The time limit of a session. */
interface Term {
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly timer: WheelTimer;
}

/**
 * The sessions of this node. Each is found by its token, which is valid once, and ends if its client stays away too
 * long.
 */
@Injectable()
export class ResumableSessions implements Iterable<ResumeSession> {
  private readonly byHash = new Map<string, ResumeSession>();
  /** The hashes of used tokens, the oldest first. */
  private readonly used = new Set<string>();
  private readonly terms = new Map<ResumeSession, Term>();
  /** The number of gaps in the pushes that this node has received. */
  private gaps = 0;

  constructor(
    private readonly away: AwaySessions,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly node: NodeIdentity,
  ) {}

  /** The number of sessions that can be resumed. */
  get size(): number {
    return this.byHash.size;
  }

  [Symbol.iterator](): IterableIterator<ResumeSession> {
    return this.byHash.values();
  }

  /** Adds a session that begins here or comes from another node. */
  admit(session: ResumeSession): void {
    session.gaps = this.gaps;
  }

  /** All sessions of this node have missed pushes. */
  breakAll(): void {
    this.gaps++;
  }

  /** Whether a session missed pushes while it was on this node. */
  isBroken({ gaps }: ResumeSession): boolean {
    return gaps !== this.gaps;
  }

  /** @returns a new token for the session */
  issue(session: ResumeSession): string {
    const token = createResumeToken(this.node.id);
    session.tokenHash = hashOfResumeToken(token);
    this.byHash.set(session.tokenHash, session);
    return token;
  }

  /** The line of a session that a token names, for its owner and on its path; undefined if its client is away. */
  lineOf(token: string, owner: string, path: string): ServedConnection | undefined {
    const session = this.byHash.get(hashOfResumeToken(token));
    return session?.owner === owner && session.path === path ? session.connection : undefined;
  }

  /** Uses up the token of a session. An attempt for another owner or path changes nothing. */
  take(hash: string, owner: string, path: string): ResumeSession | undefined {
    const session = this.byHash.get(hash);
    if (session?.owner !== owner || session.path !== path) return undefined;
    this.useUp(session);
    this.remember(hash);
    return isEnding(session) ? undefined : session;
  }

  /** Why a token that was not accepted should never have been presented; undefined if it may just be too old. */
  misuseOf(hash: string, owner: string): ResumeMisuse | undefined {
    if (this.used.has(hash)) return 'used token';
    const session = this.byHash.get(hash);
    return session && session.owner !== owner ? 'token of another user' : undefined;
  }

  /** A token was used, here or to fetch a session from another node. The first ones are forgotten. */
  remember(hash: string): void {
    const [first] = this.used;
    if (first !== undefined && this.used.size >= MAX_USED) this.used.delete(first);
    this.used.add(hash);
  }

  /** Keeps a session whose client is away. @param ttlMs milliseconds until it ends */
  keep(session: ResumeSession, ttlMs: number): void {
    this.away.add(session);
    this.terms.set(session, {
      until: this.clock.monotonic() + ttlMs,
      timer: this.wheel.schedule(ttlMs, () => this.drop(session)),
    });
  }

  /** The remaining milliseconds of a session; undefined while its client is connected. */
  timeLeft(session: ResumeSession): number | undefined {
    const term = this.terms.get(session);
    return term && term.until - this.clock.monotonic();
  }

  /** Ends the oldest away session of an owner if more than `count` are kept. */
  limit(owner: string, count: number): void {
    const [oldest] = this.away.of(owner);
    if (oldest && this.away.of(owner).size > count) this.drop(oldest);
  }

  /** Detaches a session: from the away sessions, or from a dead connection that the server still considers open. */
  release(session: ResumeSession): void {
    this.terms.get(session)?.timer.cancel();
    this.terms.delete(session);
    this.away.delete(session);
    session.connection?.terminate();
  }

  /** Ends a session for good. */
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
