import type { StreamEntry as RawEntry } from '../link/blocking-line.js';

/** An entry of a stream that nodes write to. */
export interface NodeEntry {
  /** Its id in Redis: `<ms>-<sequence>`, by the server's clock. */
  readonly id: string;
  /** The node that wrote it. */
  readonly node: string;
  /** That node's number for this stream. */
  readonly n: number;
  /** The number of the entry over all nodes; the next entry has the next one. */
  readonly g: number;
  readonly kind: string;
  readonly body: Buffer;
}

/** Where a stream begins: all ids are above it. */
export const START_ID = '0-0';

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Fields that this version does not know are skipped.
 *
 * @param raw fields and values alternate: `f` node, `n`, `g`, `b` bytes of the stream so far, `k` kind, `d` body
 * @returns undefined for what no node has written
 */
export function readEntry([id, fields]: RawEntry): NodeEntry | undefined {
  let [node, n, g, kind] = ['', 0, 0, ''];
  let body = NOTHING;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const value = fields[i + 1] as Buffer;
    switch (String(fields[i])) {
      case 'f':
        node = String(value);
        break;
      case 'n':
        n = Number(value);
        break;
      case 'g':
        g = Number(value);
        break;
      case 'k':
        kind = String(value);
        break;
      case 'd':
        body = value;
        break;
    }
  }
  const isWhole = node !== '' && Number.isSafeInteger(n) && Number.isSafeInteger(g) && g > 0;
  return isWhole ? { id, node, n, g, kind, body } : undefined;
}

/** The server's time at which an entry was written, in milliseconds. */
export function timeOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** Negative when the first id comes before the second. */
export function compareIds(one: string, other: string): number {
  return timeOf(one) - timeOf(other) || sequenceOf(one) - sequenceOf(other);
}

function sequenceOf(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
