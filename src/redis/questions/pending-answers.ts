import type { NodeAnswer } from '../../nodes/node-questions.js';

/** The answers to one question so far. */
export class PendingAnswers {
  /** Resolves when all have answered that are expected to, or it is closed. */
  readonly all: Promise<readonly NodeAnswer[]>;
  private readonly answers = new Map<string, NodeAnswer>();
  private readonly missing = new Set<string>();
  private expected: readonly string[] | undefined;
  private resolve: (answers: readonly NodeAnswer[]) => void = () => undefined;

  constructor() {
    this.all = new Promise((resolve) => (this.resolve = resolve));
  }

  /** It is known now which nodes will answer; some may have. */
  expect(nodes: readonly string[]): void {
    this.expected = nodes;
    this.settle();
  }

  add(node: string, body: unknown): void {
    if (!this.answers.has(node)) this.answers.set(node, { node, body });
    this.settle();
  }

  /** A node will not answer. */
  without(node: string): void {
    this.missing.add(node);
    this.settle();
  }

  /** Goes on without those that are missing. */
  close(): void {
    this.resolve([...this.answers.values()]);
  }

  private settle(): void {
    if (this.expected?.every((node) => this.answers.has(node) || this.missing.has(node))) this.close();
  }
}
