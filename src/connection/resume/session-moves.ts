import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { type Broadcast, BroadcastBus } from '../../nodes/broadcast-bus.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { PushText } from '../../protocol/push-text.js';
import { Clock } from '../../time/clock.js';
import { Faults } from '../../faults/faults.js';
import { ageLimitOf } from '../age-limit.js';
import { isFor, roomOf } from '../pushes/audience.js';
import { Rooms } from '../rooms/rooms.js';
import { ResumableSessions } from './resumable-sessions.js';
import { isEnding } from './resumable.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';
import { type LeftSession, ResumeStore } from './resume-store.js';
import type { SessionSnapshot } from './session-snapshot.js';

/** Moves sessions between this node and others. */
@Injectable()
export class SessionMoves implements OnModuleInit {
  /** The texts of broadcasts that sessions missed while they moved, shared by sessions that arrive at once. */
  private readonly texts = new WeakMap<Broadcast, PushText>();

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly sessions: ResumableSessions,
    private readonly store: ResumeStore,
    private readonly bus: BroadcastBus,
    private readonly rooms: Rooms,
    private readonly clock: Clock,
    private readonly memory: ResumeMemory,
    private readonly faults: Faults,
    private readonly counters: Counters,
  ) {}

  onModuleInit(): void {
    this.store.serve((hash, owner, path) => {
      const session = this.sessions.take(hash, owner, path);
      return session && this.moveOut(session);
    });
  }

  /**
   * Moves a session of another node here, with every push up to now. From now on it receives pushes like any session
   * whose client is away.
   *
   * @returns undefined if there is no such session, or pushes are missing
   */
  async moveIn(
    token: string,
    owner: string,
    path: string,
    lastSeq: number,
  ): Promise<ResumeSession | undefined> {
    const snapshot = await this.counters.stores.ask('sessions', () =>
      this.store.fetch(token, owner, path, lastSeq),
    );
    // Without positions, pushes during the move could be missed.
    if (!snapshot || snapshot.at === '' || snapshot.owner !== owner || snapshot.path !== path)
      return undefined;
    const ttlMs = Math.min(
      this.options.resumeTtlMs,
      ageLimitOf(snapshot.startedAt, this.options) - this.clock.now(),
    );
    if (ttlMs <= 0) return undefined;
    const session = ResumeSession.from(snapshot, this.options, this.memory);
    this.sessions.admit(session);
    this.sessions.keep(session, ttlMs);
    try {
      if (await this.catchUp(session, snapshot)) return session;
    } catch (error) {
      this.sessions.drop(session);
      throw error;
    }
    this.sessions.drop(session);
    return undefined;
  }

  /** Hands all sessions of this node over to other nodes. Never rejects. */
  async leave(): Promise<void> {
    if (this.sessions.size === 0) return;
    try {
      await this.counters.stores.ask('sessions', () => this.store.leave(this.leaving()));
    } catch (error) {
      this.faults.report('Sessions could not be handed over to other nodes', error);
    }
  }

  /**
   * Adds pushes that were published after the snapshot. Pushes that arrive in the meantime follow. If this node is
   * behind the snapshot, nothing is added, and the session skips the pushes that it already has.
   */
  private async catchUp(session: ResumeSession, { seq, at }: SessionSnapshot): Promise<boolean> {
    const { position } = this.bus;
    if (at >= position) return true;
    const missed = await this.counters.stores.ask('bus', () => this.bus.between(at, position));
    if (!missed) return false;
    session.insert(
      seq,
      Array.from(missed)
        .filter(({ audience }) => isFor(audience, session))
        .map((broadcast) => ({ head: this.textOf(broadcast).head, room: roomOf(broadcast.audience) })),
    );
    return true;
  }

  private textOf(broadcast: Broadcast): PushText {
    let text = this.texts.get(broadcast);
    if (!text) this.texts.set(broadcast, (text = new PushText(broadcast.event, broadcast.json)));
    return text;
  }

  private *leaving(): Iterable<LeftSession> {
    for (const session of this.sessions) {
      const { tokenHash } = session;
      if (tokenHash === undefined || isEnding(session)) continue;
      const ttlMs = this.sessions.timeLeft(session) ?? this.options.resumeTtlMs;
      const snapshot = this.moveOut(session);
      if (snapshot) yield [tokenHash, snapshot, ttlMs];
    }
  }

  /** Takes a session out of this node; undefined if it cannot be resumed elsewhere, because pushes are missing. */
  private moveOut(session: ResumeSession): SessionSnapshot | undefined {
    const { connection } = session;
    const rooms = connection ? this.rooms.roomsOf(connection) : session.rooms;
    const isWhole = !this.sessions.isBroken(session);
    const snapshot = isWhole ? session.snapshot(this.bus.position, rooms) : undefined;
    this.sessions.drop(session);
    return snapshot;
  }
}
