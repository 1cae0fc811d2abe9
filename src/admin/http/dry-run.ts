import { OperatorError } from './operator.error.js';

interface WithQuery {
  readonly query?: Readonly<Record<string, unknown>>;
}

/** Whether a write only says what it would do. @throws OperatorError if it is unclear: nothing is done by mistake */
export function isDryRun(request: object): boolean {
  const { dryRun } = (request as WithQuery).query ?? {};
  if (dryRun === undefined || dryRun === 'false') return false;
  if (dryRun === 'true') return true;
  throw new OperatorError('BAD_REQUEST', 'dryRun: must be true or false');
}
