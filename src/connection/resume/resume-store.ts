import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { ResumeSession } from './resume-session.js';

/**
 * Finds sessions by a hash of their token. A store of its own: the session lives on the node that buffers for it, and a
 * node that does not have it says that nothing was recovered.
 *
 * @publicApi
 */
export abstract class ResumeStore {
  /** @param ttlMs milliseconds until it is forgotten; Infinity while the client is connected */
  abstract put(hash: string, session: ResumeSession, ttlMs: number): void | Promise<void>;

  /**
   * Takes it out, atomically, if it is this owner's: of any number of simultaneous calls a single one gets it, and
   * somebody else's attempt takes nothing away.
   */
  abstract take(hash: string, owner: string): ResumeSession | undefined | Promise<ResumeSession | undefined>;

  abstract delete(hash: string): void | Promise<void>;
}

/** The sessions of this process. @publicApi */
@Injectable()
export class MemoryResumeStore extends ResumeStore {
  private readonly sessions = new Map<string, { session: ResumeSession; until: number }>();

  constructor(private readonly clock: Clock) {
    super();
  }

  get size(): number {
    return this.sessions.size;
  }

  put(hash: string, session: ResumeSession, ttlMs: number): void {
    this.sessions.set(hash, { session, until: this.clock.monotonic() + ttlMs });
  }

  take(hash: string, owner: string): ResumeSession | undefined {
    const found = this.sessions.get(hash);
    if (found?.session.owner !== owner) return undefined;
    this.sessions.delete(hash);
    return this.clock.monotonic() < found.until ? found.session : undefined;
  }

  delete(hash: string): void {
    this.sessions.delete(hash);
  }
}
