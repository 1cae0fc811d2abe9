import type { NodesAnswered } from '../contract/nodes-answered.interface.js';

/** The answers of nodes to a question, all in the form that this node knows. */
export interface Answers<T> {
  /** The number of nodes that were asked. */
  readonly asked: number;
  readonly answers: readonly { readonly node: string; readonly body: T }[];
}

/** How many connections of a node a write concerns. */
export interface Reached {
  readonly reached: number;
}

/** How many nodes answered. */
export function nodesOf({ asked, answers }: Answers<unknown>): NodesAnswered {
  return { asked, answered: answers.length };
}

/** What each node answered. */
export function bodiesOf<T>({ answers }: Answers<T>): T[] {
  return answers.map(({ body }) => body);
}

/** Adds up what each node answered. */
export function sumOf(answers: Answers<Reached>): number {
  return bodiesOf(answers).reduce((sum, { reached }) => sum + reached, 0);
}
