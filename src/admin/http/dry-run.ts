import { OperatorError } from './operator.error.js';
import { rawRequestOf } from './raw-exchange.js';

/**
 * Whether a write only says what it would do. It is read from the URL itself: an application may have turned the parser of
 * queries off.
 *
 * @throws OperatorError if it is unclear: nothing is done by mistake
 */
export function isDryRun(request: object): boolean {
  const { url = '' } = rawRequestOf(request);
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const [[name, value] = [undefined, 'false'], ...others] = new URLSearchParams(query);
  if (others.length > 0 || (name !== undefined && name !== 'dryRun') || !['true', 'false'].includes(value))
    throw new OperatorError('BAD_REQUEST', 'dryRun: must be true or false');
  return value === 'true';
}
