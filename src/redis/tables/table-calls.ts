import type { RedisKeys } from '../keys.js';
import type { RedisPort } from '../link/redis-port.js';
import { countOf } from '../stored-count.js';
import { LOAD } from './load.script.js';
import type { SharedTable } from './shared-table.js';
import { decodeEntry, fieldOf, keyOf, momentText, type TableEntry } from './table-entry.js';
import { WRITE } from './write.script.js';

/** Rows of one call. */
const CHUNK = 500;

/** A row to write: key, version, mark, end and payload, as the script takes them. */
export type TableRow = readonly [key: string, version: string, mark: string, until: string, payload: string];

export interface TableCallSettings {
  readonly keys: RedisKeys;
  /** Deadline of a call, in milliseconds. */
  readonly deadlineMs: number;
  /** For how long a row without an end is remembered, in milliseconds. */
  readonly longestMs: number;
}

/** Reads and writes tables in Redis, and takes over what is found there. */
export class TableCalls {
  constructor(
    private readonly port: RedisPort,
    private readonly settings: TableCallSettings,
    /** Monotonic milliseconds. */
    private readonly now: () => number,
  ) {}

  /** @throws RedisUnavailableError when some of it may not be written */
  async write(table: SharedTable, rows: readonly TableRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += CHUNK)
      await this.writeChunk(table, rows.slice(start, start + CHUNK));
  }

  /** Writes rows as this node has them, with their versions. */
  async writeAgain(table: SharedTable, entries: readonly (readonly [string, TableEntry])[]): Promise<void> {
    await this.write(table, entries.map(rowOf));
  }

  /** Writes all rows back, with their versions. @returns whether there are any */
  async writeBack(table: SharedTable, now: number): Promise<boolean> {
    let chunk: TableRow[] = [];
    let isEmpty = true;
    for (const row of table.remembered(now)) {
      isEmpty = false;
      if (chunk.push(rowOf(row)) < CHUNK) continue;
      await this.writeChunk(table, chunk);
      chunk = [];
    }
    if (chunk.length > 0) await this.writeChunk(table, chunk);
    return !isEmpty;
  }

  /** Takes over all of a table. @returns keys of rows that cannot be read */
  async load(table: SharedTable): Promise<readonly string[]> {
    const { deadlineMs } = this.settings;
    const malformed: string[] = [];
    let found: number | undefined;
    let cursor = '0';
    do {
      const reply = await this.port.run(
        LOAD,
        this.port.control,
        [this.settings.keys.rows(this.port.control, table.name)],
        [cursor, CHUNK],
        {
          deadlineMs,
        },
      );
      const [, version, next, rows] = reply as [number, string, string, string[]];
      // What is written while the table is read comes by the stream as well.
      found ??= countOf(version) ?? 0;
      malformed.push(...takeRows(table, rows));
      cursor = next;
    } while (cursor !== '0');
    table.reached(found, this.now());
    return malformed;
  }

  private async writeChunk(table: SharedTable, rows: readonly TableRow[]): Promise<void> {
    const { deadlineMs, longestMs } = this.settings;
    const flat = rows.flatMap(([key, ...rest]) => [fieldOf(key), ...rest]);
    const reply = await this.port.run(
      WRITE,
      this.port.control,
      this.keysOf(table),
      [table.name, table.knownVersion, longestMs, ...flat],
      { deadlineMs },
    );
    const [, , answer] = reply as [number, string, string[]];
    takeRows(table, answer);
  }

  private keysOf({ name }: SharedTable): readonly string[] {
    const { keys } = this.settings;
    const { control } = this.port;
    return [keys.rows(control, name), keys.ends(control, name), keys.control(control), keys.sent(control)];
  }
}

function rowOf([key, { version, mark, until, payload }]: readonly [string, TableEntry]): TableRow {
  return [key, String(version), String(mark), momentText(until), payload];
}

/** @param rows fields and rows alternate @returns keys of rows that cannot be read */
export function takeRows(table: SharedTable, rows: readonly string[]): readonly string[] {
  const malformed: string[] = [];
  for (let i = 0; i < rows.length; i += 2) {
    const field = rows[i] as string;
    if (field === '#') continue;
    const entry = decodeEntry(table.name, rows[i + 1] ?? '');
    if (entry) table.join(keyOf(field), entry);
    else malformed.push(keyOf(field));
  }
  return malformed;
}
