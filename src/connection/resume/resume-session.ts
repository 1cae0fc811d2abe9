import { PushHead, type PushText } from '../../protocol/push-text.js';
import type { Position } from '../../nodes/broadcast-bus.js';
import type { ServedConnection } from '../served-connection.js';
import type { Principal } from '../principal.js';
import { KeptPushes, type KeptPush, type ResumeLimits } from './kept-pushes.js';
import type { Keeper, ResumeMemory } from './resume-memory.js';
import type { SessionOrigin, SessionSnapshot } from './session-snapshot.js';

const NOWHERE: ReadonlySet<string> = new Set();

/**
 * The part of a connection that outlives it: principal, rooms and latest pushes. A client that resumes in time
 * receives the pushes it missed. The oldest pushes are deleted when a limit is exceeded.
 */
export class ResumeSession implements Keeper {
  readonly owner: string;
  readonly path: string;
  readonly startedAt: number;
  /** The hash of the unused token. */
  tokenHash: string | undefined;
  /** The number of gaps that its node had seen when the session arrived. */
  gaps = 0;
  private readonly startsAfter: Position;
  private current: ServedConnection | undefined;
  /** The id of its current or last connection. */
  private holder: string | undefined;
  private identity: Principal;
  private memberships = NOWHERE;
  private readonly kept: KeptPushes;
  private last = 0;
  /** Whether pushes are not kept, because an earlier one is missing. */
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

  /** Restores a session of another node, whose client is away. */
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

  /** Returns the session as plain data. @param position the position up to which this node has read */
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
      kept: kept.texts(last),
    };
  }

  /** The current connection; undefined while the client is away. */
  get connection(): ServedConnection | undefined {
    return this.current;
  }

  /** The current or last principal. */
  get principal(): Principal {
    return this.current?.principal ?? this.identity;
  }

  /** The rooms of an away client. */
  get rooms(): ReadonlySet<string> {
    return this.memberships;
  }

  /** The number of the last push. */
  get seq(): number {
    return this.last;
  }

  /** Whether pushes to this connection belong to the session. They do not if the client has resumed on another one. */
  isOf({ id }: ServedConnection): boolean {
    return this.holder === id;
  }

  /** Whether it already has the broadcast at a position, because its previous node was ahead of this one. */
  includes(at: Position): boolean {
    return at !== '' && at <= this.startsAfter;
  }

  /** Moves the client to this connection. */
  attach(connection: ServedConnection): void {
    this.current = connection;
    this.holder = connection.id;
    this.isLost = false;
    this.memory.connects(this);
  }

  /** The client has left a connection. Pushes are kept from now on. */
  leave({ principal }: ServedConnection, rooms: Iterable<string>): void {
    this.identity = principal;
    this.memberships = new Set(rooms);
    this.detach();
  }

  /** The session cannot be resumed any more. */
  end(): void {
    this.current = this.holder = undefined;
    this.isOver = true;
    this.kept.clear();
    this.memory.ends(this);
  }

  /** Releases the kept pushes, because memory is short. */
  giveUp(): void {
    this.kept.clear();
    this.isLost = this.current === undefined;
  }

  /** Numbers a push and keeps it. @returns the numbered text */
  add(push: PushText, room: string | undefined): string {
    const text = push.numbered(++this.last);
    if (this.isLost || this.isOver) return text;
    const { head } = push;
    // The session may have released its pushes and left the list of keepers.
    if (this.kept.size === 0 && this.current) this.memory.connects(this);
    this.kept.add({ head, bytes: text.length * head.bytesPerCharacter, room });
    return text;
  }

  /**
   * Inserts pushes after a number and renumbers the later ones. Allowed only while the client is away, because it has
   * not seen the later numbers.
   *
   * @param seq the number before the first inserted push
   */
  insert(seq: number, pushes: readonly Pick<KeptPush, 'head' | 'room'>[]): void {
    const at = this.kept.size - (this.last - seq);
    this.last += pushes.length;
    // If later pushes are missing, earlier ones are useless.
    if (this.isLost || this.isOver || at < 0) return;
    const inserted = pushes.map(({ head, room }, index) => {
      const bytes = head.numbered(seq + 1 + index).length * head.bytesPerCharacter;
      return { head, bytes, room };
    });
    this.kept.insert(at, inserted);
  }

  /**
   * Returns the pushes after a number, in order. Undefined if some of them are missing, or the number is invalid.
   *
   * @param mayHear whether the client may still receive pushes of a room
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
