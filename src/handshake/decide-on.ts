import { isThenable } from '../time/maybe-promise.js';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';

/**
 * Passes the answer of a store to a decision, synchronously if the answer is synchronous.
 *
 * @param ask may throw or reject
 * @param decide throws to refuse the handshake
 * @param unavailable creates the refusal if `ask` failed; without it, the error of `ask` is thrown
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
