import type { OutageReason } from './outage-reason.js';
import { RedisUnavailableError } from './redis-port.js';
import { isReply, isUnsent, isWithinScript, reasonOfLine, reasonOfReply } from './reply-error.js';
import { DeadlineExceededError } from '../../time/deadline.js';

/** Refusals after which a line can serve no other call either. */
const LASTING: ReadonlySet<OutageReason> = new Set(['loading', 'replica', 'cluster', 'auth']);

/** What a failed call means. */
export interface CallFailure {
  readonly kind: 'timeout' | 'line' | 'reply';
  /** For the caller. */
  readonly error: unknown;
  /** Why the line has to be asked again before the next call. */
  readonly doubt?: OutageReason;
}

export function callFailure(cause: unknown): CallFailure {
  if (cause instanceof DeadlineExceededError)
    return { kind: 'timeout', error: new RedisUnavailableError('unknown', 'timeout', { cause }) };
  if (!isReply(cause)) {
    const outcome = isUnsent(cause) ? 'not-run' : 'unknown';
    const reason = reasonOfLine(cause);
    return { kind: 'line', error: new RedisUnavailableError(outcome, reason, { cause }), doubt: reason };
  }
  const reason = reasonOfReply(cause);
  // A mistake in a script is none of Redis'.
  if (!reason) return { kind: 'reply', error: cause };
  const isWithin = isWithinScript(cause);
  const error = new RedisUnavailableError(isWithin ? 'unknown' : 'not-run', reason, { cause });
  // A command that the user may not run says nothing of others.
  const isLasting = LASTING.has(reason) && !/\bNOPERM\b/.test(cause.message);
  return { kind: 'reply', error, ...(isLasting && { doubt: reason }) };
}
