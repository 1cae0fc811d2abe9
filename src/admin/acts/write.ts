import type { NodesAnswered } from '../contract/nodes-answered.interface.js';
import type { WriteAnswer } from '../contract/writes.interface.js';
import { isAway } from '../http/error-of.js';
import { OperatorError } from '../http/operator.error.js';
import { type Answers, nodesOf, type Reached, sumOf } from '../nodes/nodes-answered.js';

export function writeAnswer(
  nodes: NodesAnswered,
  reached: number,
  { isDryRun = false, isPending = false } = {},
): WriteAnswer {
  return { nodes, isDryRun, reached, isPending };
}

/** The answer to a dry run. */
export function dryAnswer(answers: Answers<Reached>): WriteAnswer {
  return writeAnswer(nodesOf(answers), sumOf(answers), { isDryRun: true });
}

/**
 * Writes to a store that nodes may share.
 *
 * @returns whether the write is pending: it is in effect on this node, and on others once they can be reached
 * @throws OperatorError if the store fails
 */
export async function isLeftPending(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return false;
  } catch (error) {
    if (isAway(error)) return true;
    throw new OperatorError(
      'UNAVAILABLE',
      'the store failed; on this node the change is in effect',
      {},
      {
        cause: error,
      },
    );
  }
}

/** Runs a call of a store that may not be implemented. @throws OperatorError */
export async function supported<T>(isThere: boolean, call: () => Promise<T> | T): Promise<T> {
  if (!isThere) throw new OperatorError('NOT_SUPPORTED', 'the store does not implement this');
  try {
    return await call();
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      'UNAVAILABLE',
      'the store failed',
      {},
      isAway(error) ? undefined : { cause: error },
    );
  }
}
