import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { hashOfResumeToken } from './resume-token.js';
import type { SessionSnapshot } from './session-snapshot.js';

/**
 * Takes a session out of this node, once: its node forgets it. Undefined when the node has no such session of this owner
 * on this path; it keeps what it has then.
 *
 * @publicApi
 */
export type GiveSession = (hash: string, owner: string, path: string) => SessionSnapshot | undefined;

/** A session that a node leaves, and the milliseconds until it is forgotten. @publicApi */
export type LeftSession = readonly [hash: string, session: SessionSnapshot, ttlMs: number];

/**
 * Brings sessions from node to node. A session lives in the memory of its node, and is here only on its way to another
 * one. `hashOfResumeToken()` is the hash of a token, and `nodeOfResumeToken()` the node that gave it out.
 *
 * @publicApi
 */
export abstract class ResumeStore {
  /**
   * Gets a session of another node, atomically: of any number of simultaneous calls a single one gets it. A call for
   * another owner or path gets nothing, and takes nothing away.
   *
   * @param lastSeq the last push that the client has; those up to it need not be brought along
   * @returns undefined when there is none, or its node does not answer
   */
  abstract fetch(
    token: string,
    owner: string,
    path: string,
    lastSeq: number,
  ): MaybePromise<SessionSnapshot | undefined>;

  /** Called once, while the application starts. @param give how the store asks this node for a session */
  abstract serve(give: GiveSession): void;

  /**
   * Takes the sessions of this node, which is about to stop.
   *
   * @param sessions each leaves this node in the moment in which it is read
   */
  abstract leave(sessions: Iterable<LeftSession>): MaybePromise<void>;
}

/** Knows this process alone. @publicApi */
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
