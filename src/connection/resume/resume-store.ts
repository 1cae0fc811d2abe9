import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { hashOfResumeToken } from './resume-token.js';
import type { SessionSnapshot } from './session-snapshot.js';

/**
 * Hands a session of this node over to another node and forgets it. Returns undefined, and keeps everything, if this
 * node has no such session of this owner on this path.
 *
 * @publicApi
 */
export type GiveSession = (hash: string, owner: string, path: string) => SessionSnapshot | undefined;

/** A session that a stopping node hands over, and the milliseconds until it expires. @publicApi */
export type LeftSession = readonly [hash: string, session: SessionSnapshot, ttlMs: number];

/**
 * Moves sessions between nodes. A session lives in the memory of its node, and is stored here only while it moves.
 * `hashOfResumeToken()` returns the hash of a token, and `nodeOfResumeToken()` the node that issued it.
 *
 * @publicApi
 */
export abstract class ResumeStore {
  /**
   * Fetches a session of another node, atomically: of simultaneous calls, only one succeeds. A call for another owner
   * or path returns undefined and changes nothing.
   *
   * @param lastSeq the last push that the client has received; earlier pushes may be omitted
   * @returns undefined if there is no such session, or its node does not answer
   */
  abstract fetch(
    token: string,
    owner: string,
    path: string,
    lastSeq: number,
  ): MaybePromise<SessionSnapshot | undefined>;

  /** Called once, while the application starts. @param give takes a session of this node */
  abstract serve(give: GiveSession): void;

  /**
   * Stores the sessions of this node, which is about to stop.
   *
   * @param sessions reading a session removes it from this node
   */
  abstract leave(sessions: Iterable<LeftSession>): MaybePromise<void>;
}

/** Moves sessions within this process only. @publicApi */
@Injectable()
export class MemoryResumeStore extends ResumeStore {
  private readonly left = new Map<string, { readonly session: SessionSnapshot; readonly until: number }>();
  private give: GiveSession = () => undefined;

  constructor(private readonly clock: Clock) {
    super();
  }

  fetch(token: string, owner: string, path: string): SessionSnapshot | undefined {
    const hash = hashOfResumeToken(token);
    const found = this.left.get(hash);
    if (!found) return this.give(hash, owner, path);
    if (found.session.owner !== owner || found.session.path !== path) return undefined;
    this.left.delete(hash);
    return this.clock.monotonic() < found.until ? found.session : undefined;
  }

  serve(give: GiveSession): void {
    this.give = give;
  }

  leave(sessions: Iterable<LeftSession>): void {
    const now = this.clock.monotonic();
    for (const [hash, session, ttlMs] of sessions) this.left.set(hash, { session, until: now + ttlMs });
  }
}
