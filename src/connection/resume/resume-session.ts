import type { PushText } from '../../protocol/push-text.js';
import type { Connection } from '../connection.js';
import type { Principal } from '../principal.js';

/** A push that a client may have missed. */
interface KeptPush {
  readonly seq: number;
  readonly text: string;
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
  /** The connection it is on; undefined while the client is away. */
  connection: Connection | undefined;
  /** Where it listens while the client is away. */
  rooms: ReadonlySet<string> = new Set();
  private readonly kept: KeptPush[] = [];
  private bytes = 0;
  private last = 0;

  /**
   * @param owner whose it is, as limits count it: issuer and id
   * @param principal who it was on its last connection
   */
  constructor(
    readonly owner: string,
    public principal: Principal,
    readonly path: string,
    private readonly limits: ResumeLimits,
  ) {}

  /** The number of the last push. */
  get seq(): number {
    return this.last;
  }

  /** Numbers a push and keeps it. @returns its text */
  add(push: PushText, room: string | undefined): string {
    const text = push.numbered(++this.last);
    this.kept.push({ seq: this.last, text, room });
    this.bytes += text.length;
    while (this.kept.length > this.limits.resumeMaxMessages || this.bytes > this.limits.resumeMaxBytes) {
      this.bytes -= this.kept.shift()?.text.length ?? 0;
    }
    return text;
  }

  /**
   * The pushes after a number, in order; undefined when some of them are gone, or the number is none of this session.
   *
   * @param mayHear whether a room is still open to the client
   */
  since(seq: number, mayHear: (room: string) => boolean): string[] | undefined {
    const missed = this.last - seq;
    if (missed < 0 || missed > this.kept.length) return undefined;
    return this.kept
      .slice(this.kept.length - missed)
      .filter(({ room }) => room === undefined || mayHear(room))
      .map(({ text }) => text);
  }
}
