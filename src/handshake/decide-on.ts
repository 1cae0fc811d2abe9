import { isThenable } from '../time/maybe-promise.js';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';

/**
 * Decides on the answer of a store as soon as it is there, which is at once when nobody has to be waited for.
 *
 * @param ask may fail, now or later
 * @param decide throws to refuse
 * @param unavailable makes the refusal when `ask` failed; left out, its own error is thrown
 */
export function decideOn<T>(
  ask: () => T | PromiseLike<T>,
  decide: (answer: T) => void | Promise<void>,
  unavailable?: (cause: unknown) => HandshakeRefusal,
): void | Promise<void> {
  const fail = (cause: unknown): never => {
    throw unavailable?.(cause) ?? cause;
  };
  let answer: T | PromiseLike<T>;
  try {
    answer = ask();
  } catch (cause) {
    return fail(cause);
  }
  if (isThenable(answer)) return Promise.resolve(answer).then(decide, fail);
  return decide(answer);
}
