import { Injectable } from '@nestjs/common';
import { BroadcastBus } from '../../nodes/broadcast-bus.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { SessionBody } from '../../protocol/envelope.js';
import { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { Faults } from '../../faults/faults.js';
import { ageLimitOf } from '../age-limit.js';
import type { ServedConnection } from '../served-connection.js';
import type { Principal } from '../principal.js';
import { Rooms } from '../rooms/rooms.js';
import { ResumableSessions } from './resumable-sessions.js';
import { isEnding, isResumable } from './resumable.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';
import { hashOfResumeToken, nodeOfResumeToken } from './resume-token.js';
import { SessionMoves } from './session-moves.js';

/** What a client asks for when it comes back. */
export interface ResumeOffer {
  readonly token: string;
  /** The number of the last push it has seen. */
  readonly lastSeq: number;
}

/** Knows whether a credential has been revoked. */
export interface Revocations {
  isRevokedAnywhere(principal: Principal): boolean | PromiseLike<boolean>;
  /** As far as it is known without asking anybody. */
  isRevokedHere(principal: Principal): boolean;
}

type ResumeBody = SessionBody['resume'];

/**
 * Sessions of `ws-security.v1` that outlive their connections. A token is good once and for its principal only. A client
 * that comes back is authenticated as always, and asked anew for each room.
 */
@Injectable()
export class ResumeService {
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
  ) {}

  /** Whether a connection has a session that can be resumed. */
  isFor(connection: ServedConnection): boolean {
    return this.options.resume && connection.speaksProtocol && connection.principal.id !== null;
  }

  /**
   * Gives a connection its session: the one it asks for, or a new one that starts at what this node has read up to.
   *
   * @param announce tells the client; the pushes it missed follow, and then everything new
   */
  async begin(
    connection: ServedConnection,
    offer: ResumeOffer | undefined,
    revocations: Revocations,
    announce: (resume: ResumeBody) => void,
  ): Promise<void> {
    const found = offer && (await this.find(connection, offer, revocations));
    const rooms = found ? await this.roomsFor(connection, found) : [];
    // From here on nothing waits, so that no push comes in between.
    const missed = found && this.missedBy(found, offer?.lastSeq ?? 0, rooms, revocations);
    // A line that is being closed goes on saying so.
    if (found && !isEnding(found)) this.sessions.release(found);
    const session = found && missed && connection.isOpen ? found : this.create(connection);
    if (found !== session) found?.end();
    if (!connection.isOpen) return;
    this.attach(connection, session, missed ? rooms : []);
    announce({ token: this.sessions.issue(session), seq: session.seq, recovered: missed !== undefined });
    for (const text of missed ?? []) connection.replay(text);
    connection.ready();
  }

  /** A connection has closed. @param code what it was closed with */
  end(connection: ServedConnection, code: number): void {
    const session = connection.session as ResumeSession | undefined;
    if (session?.connection !== connection) return;
    session.leave(connection, this.rooms.roomsOf(connection));
    // The clock may be set while it is away: whether it is too old is asked again when its client comes back.
    const ttlMs = Math.min(this.options.resumeTtlMs, this.ageLeft(session));
    if (!isResumable(connection, code) || ttlMs <= 0) {
      this.sessions.drop(session);
      return;
    }
    this.sessions.keep(session, ttlMs);
    // A user who comes and goes keeps no more sessions than connections.
    this.sessions.limit(session.owner, this.options.maxConnectionsPerUser);
  }

  private async find(
    connection: ServedConnection,
    offer: ResumeOffer,
    revocations: Revocations,
  ): Promise<ResumeSession | undefined> {
    try {
      const session = await this.claim(connection, offer);
      if (!session || !(await revocations.isRevokedAnywhere(session.principal))) return session;
      // What a revocation ends while its client is here, it ends while it is away.
      this.sessions.drop(session);
    } catch (error) {
      // A client whose session cannot be found gets a new one.
      this.faults.report('A session could not be resumed', error);
    }
    return undefined;
  }

  /** Uses a token up. */
  private claim(
    { limitKey, path }: ServedConnection,
    { token, lastSeq }: ResumeOffer,
  ): MaybePromise<ResumeSession | undefined> {
    if (nodeOfResumeToken(token) !== this.node.id) return this.moves.moveIn(token, limitKey, path, lastSeq);
    return this.sessions.take(hashOfResumeToken(token), limitKey, path);
  }

  /** The pushes that a client has not seen; undefined when it cannot have its session back. */
  private missedBy(
    session: ResumeSession,
    lastSeq: number,
    rooms: readonly string[],
    revocations: Revocations,
  ): string[] | undefined {
    // It may have been ended, or become too old, while the store, or the policy of its rooms, was asked.
    const isOver =
      isEnding(session) ||
      this.sessions.isBroken(session) ||
      this.ageLeft(session) <= 0 ||
      revocations.isRevokedHere(session.principal);
    return isOver ? undefined : session.since(lastSeq, (room) => rooms.includes(room));
  }

  /** The rooms of a session that a connection may be in, those it joins or leaves meanwhile too. */
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
      // An answer about one principal does not hold for the next one.
      if (principal !== connection.principal) {
        ({ principal } = connection);
        asked = allowed = [];
      }
    }
  }

  private roomsOf({ connection, rooms }: ResumeSession): ReadonlySet<string> {
    return connection ? this.rooms.roomsOf(connection) : rooms;
  }

  /** Milliseconds until it is too old. */
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
