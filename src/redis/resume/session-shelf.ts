import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SessionSnapshot } from '../../connection/resume/session-snapshot.js';
import type { RedisKeys } from '../keys.js';
import { type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import { STORED_PRINCIPAL } from '../stored-principal.js';
import { readStored } from '../stored-text.js';
import { LEAVE_SESSION, TAKE_SESSION } from './session.scripts.js';

const SNAPSHOT: z.ZodType<SessionSnapshot> = z.object({
  owner: z.string(),
  principal: STORED_PRINCIPAL,
  path: z.string(),
  rooms: z.array(z.string()),
  seq: z.number().int().nonnegative(),
  at: z.string(),
  startedAt: z.number(),
  kept: z.array(z.object({ seq: z.number().int(), text: z.string(), room: z.string().exactOptional() })),
});

/** Sessions in Redis, on their way between two nodes. */
export class SessionShelf {
  /** @param deadlineMs of a call */
  constructor(
    private readonly port: RedisPort,
    private readonly keys: RedisKeys,
    private readonly deadlineMs: number,
  ) {}

  /** Whether everything on the way through Redis takes longer than usual. */
  get isSlow(): boolean {
    const { control } = this.port;
    return this.port.isReachable(control) && !this.port.isUp(control);
  }

  /**
   * @param ttlMs until it is forgotten
   * @throws RedisUnavailableError
   */
  async put(hash: string, session: SessionSnapshot, ttlMs: number): Promise<void> {
    const partition = this.port.partitionOf(hash);
    const text = JSON.stringify(session);
    const args = [Math.max(1, Math.ceil(ttlMs)), bindingOf(session.owner, session.path), text];
    const { deadlineMs } = this;
    await this.port.run(LEAVE_SESSION, partition, [this.keys.session(partition, hash)], args, { deadlineMs });
  }

  /**
   * Undefined when there is none of this owner on this path, or Redis is away.
   *
   * @throws MalformedEntryError for a session that this version cannot read; it is gone
   */
  async take(hash: string, owner: string, path: string): Promise<SessionSnapshot | undefined> {
    const partition = this.port.partitionOf(hash);
    const keys = [this.keys.session(partition, hash)];
    const { deadlineMs } = this;
    try {
      const reply = await this.port.run(TAKE_SESSION, partition, keys, [bindingOf(owner, path)], {
        deadlineMs,
      });
      const [, text] = reply as [number, string?];
      return text === undefined ? undefined : readStored(text, SNAPSHOT, 'a session');
    } catch (error) {
      if (error instanceof RedisUnavailableError) return undefined;
      throw error;
    }
  }
}

/** Whose session it is, in 43 characters. */
function bindingOf(owner: string, path: string): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, path]))
    .digest('base64url');
}
