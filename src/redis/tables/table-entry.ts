import { countOf } from '../stored-count.js';

/** The tables that every node holds whole. */
export type TableName = 'revoked' | 'banned' | 'rights';

/** In the order in which they are loaded. */
export const TABLE_NAMES: readonly TableName[] = ['revoked', 'banned', 'rights'];

/** A row of a table. Times are of the server, in milliseconds. */
export interface TableEntry {
  /** The version of the table with which it was written. */
  readonly version: number;
  /** In tables of moments: what has this version or an earlier one was lifted. In others: when it was written. */
  readonly mark: number;
  /** From when it need not be remembered; `Infinity` for never. */
  readonly until: number;
  /** A moment, or JSON; empty when it was lifted. */
  readonly payload: string;
}

/** Undefined for what no node has written. The script that writes reads rows in the same way. */
export function decodeEntry(table: TableName, text: string): TableEntry | undefined {
  const [, version = '', mark = '', until = '', payload = ''] = /^(\S+) (\S+) (\S+) (.*)$/s.exec(text) ?? [];
  const entry = {
    version: countOf(version) ?? NaN,
    mark: countOf(mark) ?? NaN,
    until: momentOf(until),
    payload,
  };
  const moment = table === 'rights' ? 0 : momentOf(payload);
  const isReadable = ![entry.version, entry.mark, entry.until, moment].some(Number.isNaN);
  return isReadable ? entry : undefined;
}

/** Milliseconds as they are written; `inf` for `Infinity`. */
export function momentText(ms: number): string {
  return ms === Infinity ? 'inf' : String(ms);
}

/** Reads {@link momentText}; nothing is `-Infinity`. */
export function momentOf(text: string): number {
  if (text === 'inf') return Infinity;
  return text === '' ? -Infinity : Number(text);
}

/** The field of a key in the hash: `#` alone is the version of the table. */
export function fieldOf(key: string): string {
  return key.startsWith('#') ? `#${key}` : key;
}

/** Reads {@link fieldOf}. */
export function keyOf(field: string): string {
  return field.startsWith('#') ? field.slice(1) : field;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** A key as it comes back from Redis: what UTF-8 cannot carry is replaced. */
export function storedKey(key: string): string {
  return LONE_SURROGATE.test(key) ? Buffer.from(key).toString() : key;
}

/** Whether a row has not been lifted. */
export function isActive({ payload }: TableEntry): boolean {
  return payload !== '';
}
