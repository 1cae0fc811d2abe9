import { userIdIn } from '../../connection/revocation-keys.js';
import { momentText, type TableEntry, type TableName } from './table-entry.js';

/** Long enough for every node to hear of it, in milliseconds. */
const BRIEF_MS = 60_000;

/**
 * What takes the place of a row that cannot be read. Nobody can tell what was revoked, so it is everything that there
 * is: of a user what was issued up to now, anything else for good. Bans and rights that cannot be read are dropped.
 *
 * @param now milliseconds by the server's clock
 * @param longestMs for how long a revocation is remembered
 */
export function standInFor(table: TableName, key: string, now: number, longestMs: number): TableEntry {
  if (table !== 'revoked') return { version: 1, mark: 1, until: Math.ceil(now + BRIEF_MS), payload: '' };
  const payload = momentText(userIdIn(key) === undefined ? Infinity : Math.ceil(now));
  return { version: 1, mark: 0, until: Math.ceil(now + longestMs), payload };
}
