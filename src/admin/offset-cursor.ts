import { OperatorError } from './http/operator.error.js';

/** The entries of one page of a list that is at hand as a whole. @throws OperatorError if the cursor is wrong */
export function pageOf<T>(
  entries: readonly T[],
  limit: number,
  cursor: string | undefined,
): { entries: T[]; total: number; cursor: string | null } {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor))
    throw new OperatorError('BAD_REQUEST', 'cursor: is none of a page');
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return {
    entries: entries.slice(start, end),
    total: entries.length,
    cursor: end < entries.length ? String(end) : null,
  };
}
