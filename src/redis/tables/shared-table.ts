import { Listeners } from '../link/listeners.js';
import { joinEntries } from './join-entries.js';
import { storedKey, type TableEntry, type TableName } from './table-entry.js';

/** Between two searches for rows that have outlived themselves, in milliseconds. */
const SWEEP_MS = 10_000;

/** A table as this node knows it. */
export class SharedTable {
  private readonly entries = new Map<string, TableEntry>();
  private readonly changes = new Listeners<[string, TableEntry, TableEntry | undefined]>();
  private version = 0;
  private versionAt = -Infinity;
  private sweepAt = -Infinity;

  constructor(readonly name: TableName) {}

  /** How many rows are remembered, lifted ones included. */
  get size(): number {
    return this.entries.size;
  }

  /** The latest version that is known. */
  get knownVersion(): number {
    return this.version;
  }

  get(key: string): TableEntry | undefined {
    return this.entries.size === 0 ? undefined : this.entries.get(storedKey(key));
  }

  /** Takes what was heard of a key. */
  join(key: string, entry: TableEntry): void {
    const known = this.entries.get(key);
    const joined = known ? joinEntries(this.name, known, entry) : entry;
    if (joined === known) return;
    this.entries.set(key, joined);
    this.changes.tell(key, joined, known);
  }

  /** Everything up to a version is known. @param at when that was heard, monotonic */
  reached(version: number, at: number): void {
    if (version <= this.version) return;
    this.version = version;
    this.versionAt = at;
  }

  /** Whether a version that Redis told shows that it has lost rows. @param sentAt when it was asked, monotonic */
  isAhead(version: number, sentAt: number): boolean {
    return version < this.version && this.versionAt <= sentAt;
  }

  /** Redis has another version, and lacks no row. */
  setBack(version: number): void {
    this.version = version;
  }

  /** Calls `listener` with every row that changes, and its previous value. */
  onChanged(listener: (key: string, entry: TableEntry, before: TableEntry | undefined) => void): void {
    this.changes.add(listener);
  }

  /** All rows that are to be remembered, lifted ones included. @param now milliseconds by the server's clock */
  *remembered(now: number): Iterable<[string, TableEntry]> {
    for (const row of this.entries) if (row[1].until > now) yield row;
  }

  /** Drops what has outlived itself, if that was not done just now. @param now milliseconds by the server's clock */
  sweep(now: number): void {
    if (Math.abs(now - this.sweepAt) < SWEEP_MS) return;
    this.sweepAt = now;
    for (const [key, { until }] of this.entries) if (until <= now) this.entries.delete(key);
  }
}
