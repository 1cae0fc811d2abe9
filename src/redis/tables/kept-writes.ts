import { RedisUnavailableError } from '../link/redis-port.js';
import type { RedisTables } from './redis-tables.js';
import type { TableName } from './table-entry.js';
import type { TableRow } from './table-calls.js';

/** How many are kept before those that have ended are looked for. */
const FIRST_SWEEP = 1024;

/**
 * Writes that are kept until Redis has them. They count on this node from the beginning. During a long outage those
 * that have ended are forgotten, so no more is kept than twice what is in force.
 *
 * @typeParam Write what is to be written under a key; two of one key become one
 */
export class KeptWrites<Write> {
  private readonly kept = new Map<string, Write>();
  private isFlushing = false;
  private sweepSize = FIRST_SWEEP;

  /**
   * @param rowOf undefined when there is nothing to write any more
   * @param both what two writes of one key are together
   */
  constructor(
    private readonly tables: RedisTables,
    private readonly name: TableName,
    private readonly rowOf: (key: string, write: Write) => TableRow | undefined,
    private readonly both: (one: Write, other: Write) => Write,
  ) {
    tables.onWritable(() => {
      if (this.kept.size > 0 && !this.isFlushing) tables.attempt(() => this.flush());
    });
  }

  /** How many are kept. */
  get size(): number {
    return this.kept.size;
  }

  get(key: string): Write | undefined {
    return this.kept.size === 0 ? undefined : this.kept.get(key);
  }

  /** @throws RedisUnavailableError when it cannot be written now; it is kept, and written later */
  async add(key: string, write: Write): Promise<void> {
    this.sweep();
    const known = this.kept.get(key);
    this.kept.set(key, known ? this.both(known, write) : write);
    await this.write([key]);
  }

  /** What is kept of a key need not be written any more. */
  drop(key: string): void {
    this.kept.delete(key);
  }

  private sweep(): void {
    if (this.kept.size < this.sweepSize) return;
    for (const [key, write] of this.kept) if (!this.rowOf(key, write)) this.kept.delete(key);
    this.sweepSize = Math.max(FIRST_SWEEP, 2 * this.kept.size);
  }

  private async flush(): Promise<void> {
    this.isFlushing = true;
    try {
      await this.write([...this.kept.keys()]);
    } finally {
      this.isFlushing = false;
    }
  }

  private async write(keys: readonly string[]): Promise<void> {
    const writes = keys.map((key) => [key, this.kept.get(key) as Write] as const);
    const rows = writes.map(([key, write]) => this.rowOf(key, write)).filter((row) => row !== undefined);
    try {
      await this.tables.write(this.name, rows);
    } catch (error) {
      if (error instanceof RedisUnavailableError) throw error;
      // A mistake would be made again and again.
      this.forget(writes);
      throw error;
    }
    this.forget(writes);
  }

  private forget(writes: readonly (readonly [string, Write])[]): void {
    for (const [key, write] of writes) if (this.kept.get(key) === write) this.kept.delete(key);
  }
}
