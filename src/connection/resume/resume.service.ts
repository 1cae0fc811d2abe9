import { Injectable } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import type { Observable } from 'rxjs';
import { BroadcastBus } from '../../nodes/broadcast-bus.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { SessionBody } from '../../protocol/envelope.js';
import { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { Announcer } from '../../faults/announcer.js';
import { Faults } from '../../faults/faults.js';
import { ageLimitOf } from '../age-limit.js';
import type { ServedConnection } from '../served-connection.js';
import type { Principal } from '../principal.js';
import { Rooms } from '../rooms/rooms.js';
import { ResumableSessions, type ResumeMisuse } from './resumable-sessions.js';
import { isEnding, isResumable } from './resumable.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';
import { hashOfResumeToken, nodeOfResumeToken } from './resume-token.js';
import { SessionMoves } from './session-moves.js';

/** A client's request to resume a session. */
export interface ResumeOffer {
  readonly token: string;
  /** The number of the last push that the client has received. */
  readonly lastSeq: number;
}

/** A used token, or one of another user, was presented. */
export interface ResumeMisused {
  readonly connection: ServedConnection;
  readonly reason: ResumeMisuse;
}

/** Knows whether a credential has been revoked. */
export interface Revocations {
  isRevokedAnywhere(principal: Principal): boolean | PromiseLike<boolean>;
  /** Synchronous, with the revocations that this node knows. */
  isRevokedHere(principal: Principal): boolean;
}

type ResumeBody = SessionBody['resume'];

/**
 * Manages sessions of `ws-security.v1`, which outlive their connections. A token is valid once, and for its principal
 * only. A client that resumes authenticates as always, and the `RoomPolicy` checks each of its rooms again.
 */
@Injectable()
export class ResumeService {
  private readonly announcer: Announcer<ResumeMisused>;
  /** Tokens that should not have been presented. */
  readonly misuses: Observable<ResumeMisused>;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly sessions: ResumableSessions,
    private readonly moves: SessionMoves,
    private readonly node: NodeIdentity,
    private readonly bus: BroadcastBus,
    private readonly rooms: Rooms,
    private readonly clock: Clock,
    private readonly memory: ResumeMemory,
    private readonly faults: Faults,
    private readonly counters: Counters,
  ) {
    this.announcer = new Announcer('ResumeService.misuses', faults);
    this.misuses = this.announcer.events;
  }

  /** Whether a connection has a resumable session. */
  isFor(connection: ServedConnection): boolean {
    return this.options.resume && connection.speaksProtocol && connection.principal.id !== null;
  }

  /**
   * Gives a connection the session it asks for, or a new one that starts at the current position of this node.
   *
   * @param announce sends the session frame; missed pushes follow it, then new ones
   */
  async begin(
    connection: ServedConnection,
    offer: ResumeOffer | undefined,
    revocations: Revocations,
    announce: (resume: ResumeBody) => void,
  ): Promise<void> {
    const found = offer && (await this.find(connection, offer, revocations));
    const rooms = found ? await this.roomsFor(connection, found) : [];
    // Everything from here on is synchronous, so that no push arrives in between.
    const missed = found && this.missedBy(found, offer?.lastSeq ?? 0, rooms, revocations);
    // A connection that is being closed keeps its state.
    if (found && !isEnding(found)) this.sessions.release(found);
    const session = found && missed && connection.isOpen ? found : this.create(connection);
    if (found !== session) found?.end();
    if (!connection.isOpen) return;
    if (offer) this.counters.resumes.add(found ? (missed ? 'recovered' : 'lost') : 'refused');
    this.attach(connection, session, missed ? rooms : []);
    announce({ token: this.sessions.issue(session), seq: session.seq, recovered: missed !== undefined });
    for (const text of missed ?? []) connection.replay(text);
    connection.ready();
  }

  /** Called when a connection has closed. @param code its close code */
  end(connection: ServedConnection, code: number): void {
    const session = connection.session as ResumeSession | undefined;
    if (session?.connection !== connection) return;
    session.leave(connection, this.rooms.roomsOf(connection));
    // The wall clock may be set in the meantime, so the maximum age is checked again when the client resumes.
    const ttlMs = Math.min(this.options.resumeTtlMs, this.ageLeft(session));
    if (!isResumable(connection, code) || ttlMs <= 0) {
      this.sessions.drop(session);
      return;
    }
    this.sessions.keep(session, ttlMs);
    // A user cannot keep more sessions than connections.
    this.sessions.limit(session.owner, this.options.maxConnectionsPerUser);
  }

  private async find(
    connection: ServedConnection,
    offer: ResumeOffer,
    revocations: Revocations,
  ): Promise<ResumeSession | undefined> {
    try {
      const session = await this.claim(connection, offer);
      if (!session) this.report(connection, offer);
      if (!session || !(await revocations.isRevokedAnywhere(session.principal))) return session;
      // A revocation also ends sessions of clients that are away.
      this.sessions.drop(session);
    } catch (error) {
      // A client whose session cannot be found gets a new one.
      this.faults.report('A session could not be resumed', error);
    }
    return undefined;
  }

  private report(connection: ServedConnection, { token }: ResumeOffer): void {
    const reason = this.sessions.misuseOf(hashOfResumeToken(token), connection.limitKey);
    if (reason) this.announcer.announce({ connection, reason });
  }

  /** Fetches a session from another node. */
  private async moveIn(
    { limitKey, path }: ServedConnection,
    { token, lastSeq }: ResumeOffer,
  ): Promise<ResumeSession | undefined> {
    const session = await this.moves.moveIn(token, limitKey, path, lastSeq);
    if (session) this.sessions.remember(hashOfResumeToken(token));
    return session;
  }

  /** Uses up a token. */
  private claim(connection: ServedConnection, offer: ResumeOffer): MaybePromise<ResumeSession | undefined> {
    if (nodeOfResumeToken(offer.token) !== this.node.id) return this.moveIn(connection, offer);
    return this.sessions.take(hashOfResumeToken(offer.token), connection.limitKey, connection.path);
  }

  /** The pushes that a client has missed; undefined if the session cannot be resumed. */
  private missedBy(
    session: ResumeSession,
    lastSeq: number,
    rooms: readonly string[],
    revocations: Revocations,
  ): string[] | undefined {
    // The session may have ended or reached its maximum age while the store or the RoomPolicy was called.
    const isOver =
      isEnding(session) ||
      this.sessions.isBroken(session) ||
      this.ageLeft(session) <= 0 ||
      revocations.isRevokedHere(session.principal);
    return isOver ? undefined : session.since(lastSeq, (room) => rooms.includes(room));
  }

  /** The rooms of a session that a connection may be in, including those joined in the meantime. */
  private async roomsFor(connection: ServedConnection, session: ResumeSession): Promise<string[]> {
    let { principal } = connection;
    let asked: readonly string[] = [];
    let allowed: readonly string[] = [];
    for (;;) {
      const rooms = [...this.roomsOf(session)];
      const open = rooms.filter((room) => !asked.includes(room));
      if (open.length === 0) return rooms.filter((room) => allowed.includes(room));
      asked = [...asked, ...open];
      allowed = [...allowed, ...(await this.rooms.allowed(connection, open))];
      // An answer for one principal does not apply to the next one.
      if (principal !== connection.principal) {
        ({ principal } = connection);
        asked = allowed = [];
      }
    }
  }

  private roomsOf({ connection, rooms }: ResumeSession): ReadonlySet<string> {
    return connection ? this.rooms.roomsOf(connection) : rooms;
  }

  /** The milliseconds until the session reaches its maximum age. */
  private ageLeft({ startedAt }: ResumeSession): number {
    return ageLimitOf(startedAt, this.options) - this.clock.now();
  }

  private create({ limitKey, path, principal, openedAt }: ServedConnection): ResumeSession {
    const origin = { owner: limitKey, path, startedAt: openedAt, at: this.bus.position };
    const session = new ResumeSession(origin, principal, this.options, this.memory);
    this.sessions.admit(session);
    return session;
  }

  private attach(connection: ServedConnection, session: ResumeSession, rooms: readonly string[]): void {
    session.attach(connection);
    connection.session = session;
    for (const room of rooms) this.rooms.add(connection, room);
  }
}
