import type { Broadcast } from '../../nodes/broadcast-bus.js';
import type { Clock } from '../../time/clock.js';
import type { StreamEntry } from '../link/blocking-line.js';
import type { RedisPort } from '../link/redis-port.js';
import { MalformedEntryError } from '../malformed-entry.error.js';
import { type NodeEntry, readEntry, START_ID } from '../streams/stream-entry.js';
import { RANGE } from '../streams/stream.scripts.js';
import { type Batch, BatchLog } from './batch-log.js';
import { readBatch } from './batch-text.js';
import { idOfKey, keyOf, type PushPlace } from './push-position.js';

const PAGE = 32;
/** More is not read for sessions that come from other nodes: they are told that pushes are lost. */
const MOST_BYTES = 8 * 1024 * 1024;
const KEPT_MS = 10_000;

/**
 * Batches that this node has not read, or no longer has: read from Redis, one reading at a time, and kept for a moment
 * for the next sessions that come from the same node.
 */
export class StoredBatches {
  private known = new BatchLog(undefined, MOST_BYTES, KEPT_MS);
  private readAt = -Infinity;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly port: RedisPort,
    private readonly key: string,
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {}

  /**
   * What lies between two places.
   *
   * @param recent what this node has read last
   * @returns undefined when Redis does not have all of it any more, it is too much, or some of it cannot be read
   */
  between(after: PushPlace, to: PushPlace, recent: BatchLog): Promise<Broadcast[] | undefined> {
    const answer = this.reading.then(async () => {
      const isKnown = this.clock.monotonic() - this.readAt < KEPT_MS && this.known.covers(after);
      const found = isKnown && this.join(after, to, recent);
      if (found) return found;
      const log = await this.read(after, to);
      if (!log) return undefined;
      this.known = log;
      this.readAt = this.clock.monotonic();
      return log.between(after, to);
    });
    this.reading = answer.catch(() => undefined);
    return answer;
  }

  forget(): void {
    this.known.reset(undefined);
  }

  /** Of what is known here, and of what follows. */
  private join(after: PushPlace, to: PushPlace, recent: BatchLog): Broadcast[] | undefined {
    const { end } = this.known;
    if (end === undefined) return undefined;
    const found = this.known.between(after, to);
    if (to.key <= end) return found;
    const rest = { key: end, index: Infinity };
    return recent.covers(rest) ? [...found, ...recent.between(rest, to)] : undefined;
  }

  private batchOf(entry: NodeEntry): Batch | undefined {
    try {
      return batchOf(entry, this.clock.monotonic());
    } catch (error) {
      if (error instanceof MalformedEntryError) return undefined;
      throw error;
    }
  }

  private async read(after: PushPlace, to: PushPlace): Promise<BatchLog | undefined> {
    const { port, key, deadlineMs } = this;
    const log = new BatchLog(undefined, Infinity, Infinity);
    const end = idOfKey(to.key);
    let [from, g, bytes] = [idOfKey(after.key), -1, 0];
    // From the start nothing comes before the first entry of all.
    if (from === START_ID) g = 0;
    for (let last = ''; last !== end; from = `(${last}`) {
      const args = [from, end, PAGE];
      const reply = await port.run(RANGE, port.control, [key], args, { deadlineMs, binary: true });
      const entries = (reply as [number, [Buffer, Buffer[]][]])[1];
      for (const [id, fields] of entries) {
        const entry = readEntry([String(id), fields] satisfies StreamEntry);
        if (!entry) return undefined;
        // The first one has to be that after which it is asked for: what was before another one is not known.
        if (g === -1 ? entry.id !== from : entry.g !== g + 1) return undefined;
        ({ g, id: last } = entry);
        bytes += entry.body.length;
        if (bytes > MOST_BYTES) return undefined;
        const batch = this.batchOf(entry);
        if (!batch) return undefined;
        log.add(batch);
      }
      if (entries.length < PAGE && last !== end) return undefined;
    }
    return log;
  }
}

export function batchOf({ id, body }: NodeEntry, readAt: number): Batch {
  return { key: keyOf(id), broadcasts: readBatch(body), bytes: body.length, readAt };
}
