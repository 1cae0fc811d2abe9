import type { NodeAnswers } from '../nodes/node-questions.js';
import type { NodesAnswered } from './contract/nodes-answered.interface.js';

/** How many nodes answered. */
export function nodesOf({ asked, answers }: NodeAnswers): NodesAnswered {
  return { asked, answered: answers.length };
}

/** The answers that are objects: a node with another version may answer differently. */
export function bodiesOf<T>({ answers }: NodeAnswers): T[] {
  return answers.map(({ body }) => body).filter(isObject) as T[];
}

function isObject(body: unknown): boolean {
  return typeof body === 'object' && body !== null;
}

/** Adds up what each node answered. */
export function sumOf(answers: NodeAnswers): number {
  return bodiesOf<{ reached?: unknown }>(answers).reduce(
    (sum, { reached }) => sum + (typeof reached === 'number' ? reached : 0),
    0,
  );
}
