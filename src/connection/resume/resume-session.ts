import type { PushHead, PushText } from '../../protocol/push-text.js';
import type { Connection } from '../connection.js';
import type { Principal } from '../principal.js';
import type { ResumeMemory } from './resume-memory.js';

/** A push that a client may have missed. */
interface KeptPush {
  readonly seq: number;
  readonly head: PushHead;
  /** What its text takes. */
  readonly bytes: number;
  /** The room it was sent to, if it was one. */
  readonly room: string | undefined;
}

export interface ResumeLimits {
  readonly resumeMaxMessages: number;
  readonly resumeMaxBytes: number;
}

/**
 * What outlives a connection: who it was, where it listened, and its last pushes. Whoever comes back in time gets the
 * ones it missed; the oldest are given up when there are too many.
 */
export class ResumeSession {
  /** Where it listens while the client is away. */
  rooms: ReadonlySet<string> = new Set();
  private current: Connection | undefined;
  /** The connection it is on, or was on last. */
  private holder: string | undefined;
  private kept: KeptPush[] = [];
  private bytes = 0;
  private last = 0;
  /** Whether nothing is kept any more, because something that would come before it is gone. */
  private isLost = false;
  private isOver = false;

  /**
   * @param owner whose it is, as limits count it: issuer and id
   * @param principal who it was on its last connection
   * @param startedAt epoch milliseconds at which its first connection was opened
   * @internal
   */
  constructor(
    readonly owner: string,
    public principal: Principal,
    readonly path: string,
    readonly startedAt: number,
    private readonly limits: ResumeLimits,
    private readonly memory: ResumeMemory,
  ) {}

  /** The connection it is on; undefined while the client is away. */
  get connection(): Connection | undefined {
    return this.current;
  }

  /** The number of the last push. */
  get seq(): number {
    return this.last;
  }

  /** Whether a push to this connection is one of the session: not when the client has come back on another one. */
  isOf({ id }: Connection): boolean {
    return this.holder === id;
  }

  /** Its client is on this connection from now on, and on no other. */
  attach(connection: Connection): void {
    this.current = connection;
    this.holder = connection.id;
    this.isLost = false;
    this.memory.connects(this);
  }

  /** Its client is away; what is pushed to it is kept. */
  detach(): void {
    this.current = undefined;
    this.memory.leaves(this);
  }

  /** Nobody will come back to it. */
  end(): void {
    this.current = this.holder = undefined;
    this.isOver = true;
    this.forget();
    this.memory.ends(this);
  }

  /** There is no memory for what it keeps. */
  giveUp(): void {
    this.forget();
    this.isLost = this.current === undefined;
  }

  /** Numbers a push and keeps it. @returns its text @internal */
  add(push: PushText, room: string | undefined): string {
    const text = push.numbered(++this.last);
    if (this.isLost || this.isOver) return text;
    const { head } = push;
    const bytes = text.length * head.bytesPerCharacter;
    // It may have been made to give up, and left the others.
    if (this.kept.length === 0 && this.current) this.memory.connects(this);
    this.kept.push({ seq: this.last, head, bytes, room });
    this.bytes += bytes;
    this.memory.keep(head);
    while (this.kept.length > this.limits.resumeMaxMessages || this.bytes > this.limits.resumeMaxBytes)
      this.dropOldest();
    this.memory.makeRoom();
    return text;
  }

  /**
   * The pushes after a number, in order; undefined when some of them are gone, or the number is none of this session.
   *
   * @param mayHear whether a room is still open to the client
   */
  since(seq: number, mayHear: (room: string) => boolean): string[] | undefined {
    const missed = this.last - seq;
    if (this.isOver || missed < 0 || missed > this.kept.length) return undefined;
    return this.kept
      .slice(this.kept.length - missed)
      .filter(({ room }) => room === undefined || mayHear(room))
      .map((push) => push.head.numbered(push.seq));
  }

  private dropOldest(): void {
    const oldest = this.kept.shift();
    if (!oldest) return;
    this.bytes -= oldest.bytes;
    this.memory.free(oldest.head);
  }

  private forget(): void {
    for (const { head } of this.kept) this.memory.free(head);
    this.kept = [];
    this.bytes = 0;
  }
}
