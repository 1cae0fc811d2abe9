import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import type { SessionBody } from '../../protocol/envelope.js';
import { ageLimitOf } from '../age-limit.js';
import { Clock } from '../../time/clock.js';
import { secretHash } from '../secret-hash.js';
import { type ServedConnection, servedOf } from '../served-connection.js';
import type { Principal } from '../principal.js';
import { Faults } from '../../faults/faults.js';
import { Rooms } from '../rooms/rooms.js';
import { TimerWheel, type WheelTimer } from '../../time/timer-wheel.js';
import { unawaited } from '../../time/maybe-promise.js';
import { AwaySessions } from './away-sessions.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';
import { ResumeStore } from './resume-store.js';

const TOKEN_BYTES = 32;
const NORMAL: number = CloseCode.NORMAL;

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

/** Closed with one of these, or without a word, a client may come back to its session. */
const RESUMABLE: ReadonlySet<number> = new Set([
  CloseCode.INTERNAL_ERROR,
  CloseCode.SERVICE_RESTART,
  CloseCode.TRY_AGAIN_LATER,
  CloseCode.TOKEN_EXPIRED,
]);

/**
 * Sessions of `ws-security.v1` that outlive their connections. A token is good once and for its principal only; who
 * comes back is authenticated as always, and asked anew for each room.
 */
@Injectable()
export class ResumeService {
  private readonly timers = new Map<ResumeSession, WheelTimer>();
  private readonly hashes = new Map<ResumeSession, string>();

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: ResumeStore,
    private readonly away: AwaySessions,
    private readonly rooms: Rooms,
    private readonly wheel: TimerWheel,
    private readonly clock: Clock,
    private readonly memory: ResumeMemory,
    private readonly faults: Faults,
  ) {}

  /** Whether a connection has a session that can be resumed. */
  isFor(connection: ServedConnection): boolean {
    return this.options.resume && connection.speaksProtocol && connection.principal.id !== null;
  }

  /**
   * Gives a connection its session: the one it asks for, or a new one.
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
    // Its token is used now, also if its line ends while its rooms are asked about.
    if (found) this.hashes.delete(found);
    const rooms = found ? await this.roomsFor(connection, found) : [];
    // From here on nothing waits, so that no push comes in between.
    const missed = found && this.missedBy(found, offer?.lastSeq ?? 0, rooms, revocations);
    // A line that is being closed goes on saying so.
    if (found && !isEnding(found)) this.release(found);
    const session = found && missed && connection.isOpen ? found : this.create(connection);
    if (found !== session) found?.end();
    if (!connection.isOpen) return;
    this.attach(connection, session, missed ? rooms : []);
    announce({ token: this.issue(session), seq: session.seq, recovered: missed !== undefined });
    for (const text of missed ?? []) connection.replay(text);
    connection.ready();
  }

  /** A connection has closed. @param code what it was closed with */
  end(connection: ServedConnection, code: number): void {
    const session = connection.session as ResumeSession | undefined;
    if (session?.connection !== connection) return;
    session.principal = connection.principal;
    session.rooms = new Set(this.rooms.roomsOf(connection));
    session.detach();
    // None when its client is coming back already.
    const hash = this.hashes.get(session);
    // The clock may be set while it is away: whether it is too old is asked again when its client comes back.
    const ttlMs = Math.min(this.options.resumeTtlMs, this.ageLeft(session));
    if (!isResumable(connection, code) || ttlMs <= 0) {
      this.forget(session, hash);
      return;
    }
    if (hash !== undefined) this.attempt(() => this.store.put(hash, session, ttlMs));
    this.away.add(session);
    this.timers.set(
      session,
      this.wheel.schedule(ttlMs, () => this.drop(session)),
    );
    // Who comes and goes keeps no more sessions than connections.
    const [oldest] = this.away.of(session.owner);
    if (oldest && this.away.of(session.owner).size > this.options.maxConnectionsPerUser) this.drop(oldest);
  }

  private drop(session: ResumeSession): void {
    const hash = this.hashes.get(session);
    this.release(session);
    this.forget(session, hash);
  }

  private forget(session: ResumeSession, hash: string | undefined): void {
    session.end();
    this.hashes.delete(session);
    if (hash !== undefined) this.attempt(() => this.store.delete(hash));
  }

  private async find(
    connection: ServedConnection,
    { token }: ResumeOffer,
    revocations: Revocations,
  ): Promise<ResumeSession | undefined> {
    try {
      const session = await this.store.take(secretHash(token), connection.limitKey);
      if (session?.path !== connection.path || isEnding(session)) return undefined;
      if (!(await revocations.isRevokedAnywhere(principalOf(session)))) return session;
      // What a revocation ends while its client is here, it ends while it is away.
      this.release(session);
      session.end();
      return undefined;
    } catch (error) {
      // Without its store a session is a new one.
      this.faults.report('A session could not be resumed', error);
      return undefined;
    }
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
      isEnding(session) || this.ageLeft(session) <= 0 || revocations.isRevokedHere(principalOf(session));
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
      // What was said of a principal does not hold for the next one.
      if (principal !== connection.principal) {
        ({ principal } = connection);
        asked = allowed = [];
      }
    }
  }

  private attempt(work: () => void | PromiseLike<void>): void {
    unawaited(work, (error) => this.faults.report('A session could not be kept or forgotten', error));
  }

  private roomsOf(session: ResumeSession): ReadonlySet<string> {
    return session.connection ? this.rooms.roomsOf(session.connection) : session.rooms;
  }

  /** Milliseconds until it is too old. */
  private ageLeft({ startedAt }: ResumeSession): number {
    return ageLimitOf(startedAt, this.options) - this.clock.now();
  }

  /** Takes a session from wherever it is: from those who are away, or from a line that nobody knew was dead. */
  private release(session: ResumeSession): void {
    this.timers.get(session)?.cancel();
    this.timers.delete(session);
    this.hashes.delete(session);
    this.away.delete(session);
    session.connection?.terminate();
  }

  private create({ limitKey, path, principal, openedAt }: ServedConnection): ResumeSession {
    return new ResumeSession(limitKey, principal, path, openedAt, this.options, this.memory);
  }

  private attach(connection: ServedConnection, session: ResumeSession, rooms: readonly string[]): void {
    session.attach(connection);
    connection.session = session;
    for (const room of rooms) this.rooms.add(connection, room);
  }

  private issue(session: ResumeSession): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const hash = secretHash(token);
    this.hashes.set(session, hash);
    this.attempt(() => this.store.put(hash, session, Infinity));
    return token;
  }
}

function isResumable({ closedWith }: ServedConnection, code: number): boolean {
  return closedWith === undefined ? code !== NORMAL : RESUMABLE.has(closedWith);
}

/** Whether it ends with a connection that was told so, and whose client has not answered yet. */
function isEnding({ connection }: ResumeSession): boolean {
  const closedWith = connection && servedOf(connection).closedWith;
  return closedWith !== undefined && !RESUMABLE.has(closedWith);
}

function principalOf({ connection, principal }: ResumeSession): Principal {
  return connection?.principal ?? principal;
}
