import { PushHead, type PushText } from '../../protocol/push-text.js';
import type { Position } from '../../nodes/broadcast-bus.js';
import type { ServedConnection } from '../served-connection.js';
import type { Principal } from '../principal.js';
import { KeptPushes, type KeptPush, type ResumeLimits } from './kept-pushes.js';
import type { Keeper, ResumeMemory } from './resume-memory.js';
import type { SessionSnapshot } from './session-snapshot.js';

const NOWHERE: ReadonlySet<string> = new Set();

/** What a session is from its first connection on. */
export interface SessionOrigin {
  /** Whose it is, as limits count it: issuer and id. */
  readonly owner: string;
  readonly path: string;
  /** Epoch milliseconds at which its first connection was opened. */
  readonly startedAt: number;
  /** The position of the last broadcast that is none of its future. */
  readonly at: Position;
}

/**
 * What outlives a connection: who was on it, its rooms, and its last pushes. A client that comes back in time gets the
 * ones it missed. The oldest are given up when there are too many.
 */
export class ResumeSession implements Keeper {
  readonly owner: string;
  readonly path: string;
  readonly startedAt: number;
  /** What finds it, as long as its token is unused. */
  tokenHash: string | undefined;
  /** How many gaps its node had seen when it came there. */
  gaps = 0;
  private readonly startsAfter: Position;
  private current: ServedConnection | undefined;
  /** The connection it is on, or was on last. */
  private holder: string | undefined;
  private identity: Principal;
  private memberships = NOWHERE;
  private readonly kept: KeptPushes;
  private last = 0;
  /** Whether nothing more is kept, because something that would come before it is gone. */
  private isLost = false;
  private isOver = false;

  constructor(
    origin: SessionOrigin,
    principal: Principal,
    limits: ResumeLimits,
    private readonly memory: ResumeMemory,
  ) {
    this.owner = origin.owner;
    this.path = origin.path;
    this.startedAt = origin.startedAt;
    this.startsAfter = origin.at;
    this.identity = principal;
    this.kept = new KeptPushes(limits, memory);
  }

  /** A session of another node, whose client is away. */
  static from(snapshot: SessionSnapshot, limits: ResumeLimits, memory: ResumeMemory): ResumeSession {
    const { principal, rooms, seq, kept } = snapshot;
    const session = new ResumeSession(snapshot, principal, limits, memory);
    session.memberships = new Set(rooms);
    session.last = seq - kept.length;
    session.detach();
    session.insert(
      session.last,
      kept.map(({ text, room }) => ({ head: new PushHead(text), room })),
    );
    return session;
  }

  /** The session as plain data. @param position what this node has read up to */
  snapshot(position: Position, rooms: Iterable<string>): SessionSnapshot {
    const { owner, principal, path, startedAt, last, kept } = this;
    return {
      owner,
      principal,
      path,
      rooms: [...rooms],
      seq: last,
      at: this.includes(position) ? this.startsAfter : position,
      startedAt,
      kept: kept.last(kept.size).map(({ head, room }, index) => ({
        seq: last - kept.size + 1 + index,
        text: head.text,
        ...(room !== undefined && { room }),
      })),
    };
  }

  /** The connection it is on; undefined while the client is away. */
  get connection(): ServedConnection | undefined {
    return this.current;
  }

  /** Who is on it, or was last. */
  get principal(): Principal {
    return this.current?.principal ?? this.identity;
  }

  /** Its rooms while the client is away. */
  get rooms(): ReadonlySet<string> {
    return this.memberships;
  }

  /** The number of the last push. */
  get seq(): number {
    return this.last;
  }

  /** Whether a push to this connection is one of the session: not when the client has come back on another one. */
  isOf({ id }: ServedConnection): boolean {
    return this.holder === id;
  }

  /**
   * Whether it has the broadcast at a position already: it has come from a node that had read further than this one.
   */
  includes(at: Position): boolean {
    return at !== '' && at <= this.startsAfter;
  }

  /** Its client is on this connection from now on, and on no other. */
  attach(connection: ServedConnection): void {
    this.current = connection;
    this.holder = connection.id;
    this.isLost = false;
    this.memory.connects(this);
  }

  /** Its client has left a connection; what is pushed to it is kept. */
  leave({ principal }: ServedConnection, rooms: Iterable<string>): void {
    this.identity = principal;
    this.memberships = new Set(rooms);
    this.detach();
  }

  /** Nobody will come back to it. */
  end(): void {
    this.current = this.holder = undefined;
    this.isOver = true;
    this.kept.clear();
    this.memory.ends(this);
  }

  /** There is no memory for what it keeps. */
  giveUp(): void {
    this.kept.clear();
    this.isLost = this.current === undefined;
  }

  /** Numbers a push and keeps it. @returns its text */
  add(push: PushText, room: string | undefined): string {
    const text = push.numbered(++this.last);
    if (this.isLost || this.isOver) return text;
    const { head } = push;
    // It may have been made to give up, and left the others.
    if (this.kept.size === 0 && this.current) this.memory.connects(this);
    this.kept.add({ head, bytes: text.length * head.bytesPerCharacter, room });
    return text;
  }

  /**
   * Adds pushes in front of those that came after a number, which move on by as many numbers. Only while its client is
   * away: nobody has seen a number of theirs.
   *
   * @param seq the number that the first of them follows
   */
  insert(seq: number, pushes: readonly Pick<KeptPush, 'head' | 'room'>[]): void {
    const at = this.kept.size - (this.last - seq);
    this.last += pushes.length;
    // Where later ones are gone, earlier ones are of no use.
    if (this.isLost || this.isOver || at < 0) return;
    const inserted = pushes.map(({ head, room }, index) => {
      const bytes = head.numbered(seq + 1 + index).length * head.bytesPerCharacter;
      return { head, bytes, room };
    });
    this.kept.insert(at, inserted);
  }

  /**
   * The pushes after a number, in order; undefined when some of them are gone, or the number is none of this session.
   *
   * @param mayHear whether a room is still open to the client
   */
  since(seq: number, mayHear: (room: string) => boolean): string[] | undefined {
    const missed = this.last - seq;
    if (this.isOver || missed < 0 || missed > this.kept.size) return undefined;
    return this.kept
      .last(missed)
      .flatMap(({ head, room }, index) =>
        room === undefined || mayHear(room) ? [head.numbered(seq + 1 + index)] : [],
      );
  }

  private detach(): void {
    this.current = undefined;
    this.memory.leaves(this);
  }
}
