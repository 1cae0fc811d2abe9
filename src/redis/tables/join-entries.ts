import { momentOf, type TableEntry, type TableName } from './table-entry.js';

/**
 * What holds when two nodes know different rows of one key; the known row itself when the other one adds nothing.
 * Joining twice changes nothing, so rows can be told again at any time. Of a lift and a revocation that knew nothing of
 * each other, the revocation stays. The script that writes does the same.
 */
export function joinEntries(table: TableName, known: TableEntry, other: TableEntry): TableEntry {
  const joined = join(table, known, other);
  const isKnown =
    joined.version === known.version &&
    joined.mark === known.mark &&
    joined.until === known.until &&
    joined.payload === known.payload;
  return isKnown ? known : joined;
}

function join(table: TableName, known: TableEntry, other: TableEntry): TableEntry {
  // The lift of a row is remembered for as long as the row would have been.
  const until = Math.max(known.until, other.until);
  if (table === 'rights') return { ...(other.version > known.version ? other : known), until };
  if (other.version <= known.mark) return { ...known, until };
  if (known.version <= other.mark) return { ...other, until };
  return {
    version: Math.max(known.version, other.version),
    mark: Math.max(known.mark, other.mark),
    until,
    payload: momentOf(other.payload) > momentOf(known.payload) ? other.payload : known.payload,
  };
}
