import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import type { SessionBody } from '../../protocol/envelope.js';
import type { Connection } from '../connection.js';
import type { Principal } from '../principal.js';
import { Faults } from '../faults.js';
import { Rooms } from '../rooms/rooms.js';
import { TimerWheel, type WheelTimer } from '../timer-wheel.js';
import { unawaited } from '../unawaited.js';
import { AwaySessions } from './away-sessions.js';
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
    private readonly faults: Faults,
  ) {}

  /** Whether a connection has a session that can be resumed. */
  isFor(connection: Connection): boolean {
    return this.options.resume && connection.speaksProtocol && connection.principal.id !== null;
  }

  /**
   * Gives a connection its session: the one it asks for, or a new one.
   *
   * @param isVoid whether the credential has been revoked that a session was last connected with
   * @param announce tells the client; the pushes it missed follow, and then everything new
   */
  async begin(
    connection: Connection,
    offer: ResumeOffer | undefined,
    isVoid: (principal: Principal) => boolean | PromiseLike<boolean>,
    announce: (resume: ResumeBody) => void,
  ): Promise<void> {
    const found = offer && (await this.find(connection, offer, isVoid));
    // Its token is used now, also if its line ends while its rooms are asked about.
    if (found) this.hashes.delete(found);
    const allowed = found ? await this.rooms.allowed(connection, this.roomsOf(found)) : [];
    // From here on nothing waits, so that no push comes in between.
    const missed = found?.since(offer?.lastSeq ?? 0, (room) => allowed.includes(room));
    if (found) this.release(found);
    if (!connection.isOpen) return;
    const session = found && missed ? found : this.create(connection);
    this.attach(connection, session, missed ? allowed : []);
    announce({ token: this.issue(session), seq: session.seq, recovered: missed !== undefined });
    for (const text of missed ?? []) connection.replay(text);
  }

  /** A connection has closed. @param code what it was closed with */
  end(connection: Connection, code: number): void {
    const { session } = connection;
    if (session?.connection !== connection) return;
    session.connection = undefined;
    session.principal = connection.principal;
    session.rooms = new Set(this.rooms.roomsOf(connection));
    // None when its client is coming back already.
    const hash = this.hashes.get(session);
    if (!isResumable(connection, code)) {
      this.forget(session, hash);
      return;
    }
    if (hash !== undefined) this.attempt(() => this.store.put(hash, session, this.options.resumeTtlMs));
    this.away.add(session);
    this.timers.set(
      session,
      this.wheel.schedule(this.options.resumeTtlMs, () => this.drop(session)),
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
    this.hashes.delete(session);
    if (hash !== undefined) this.attempt(() => this.store.delete(hash));
  }

  private async find(
    connection: Connection,
    { token }: ResumeOffer,
    isVoid: (principal: Principal) => boolean | PromiseLike<boolean>,
  ): Promise<ResumeSession | undefined> {
    try {
      const session = await this.store.take(hashOf(token), connection.limitKey);
      if (session?.path !== connection.path || isEnding(session)) return undefined;
      if (!(await isVoid(session.connection?.principal ?? session.principal))) return session;
      // What a revocation ends while its client is here, it ends while it is away.
      this.release(session);
      return undefined;
    } catch (error) {
      // Without its store a session is a new one.
      this.faults.report('A session could not be resumed', error);
      return undefined;
    }
  }

  private attempt(work: () => void | PromiseLike<void>): void {
    unawaited(work, (error) => this.faults.report('A session could not be kept or forgotten', error));
  }

  private roomsOf(session: ResumeSession): ReadonlySet<string> {
    return session.connection ? this.rooms.roomsOf(session.connection) : session.rooms;
  }

  /** Takes a session from wherever it is: from those who are away, or from a line that nobody knew was dead. */
  private release(session: ResumeSession): void {
    this.timers.get(session)?.cancel();
    this.timers.delete(session);
    this.hashes.delete(session);
    this.away.delete(session);
    const { connection } = session;
    session.connection = undefined;
    connection?.terminate();
  }

  private create({ limitKey, path, principal }: Connection): ResumeSession {
    return new ResumeSession(limitKey, principal, path, this.options);
  }

  private attach(connection: Connection, session: ResumeSession, rooms: readonly string[]): void {
    session.connection = connection;
    connection.session = session;
    for (const room of rooms) this.rooms.add(connection, room);
  }

  private issue(session: ResumeSession): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const hash = hashOf(token);
    this.hashes.set(session, hash);
    this.attempt(() => this.store.put(hash, session, Infinity));
    return token;
  }
}

function isResumable({ closedWith }: Connection, code: number): boolean {
  return closedWith === undefined ? code !== NORMAL : RESUMABLE.has(closedWith);
}

/** Whether it ends with a connection that was told so, and whose client has not answered yet. */
function isEnding({ connection }: ResumeSession): boolean {
  return connection?.closedWith !== undefined && !RESUMABLE.has(connection.closedWith);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
