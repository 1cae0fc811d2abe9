/** What nodes answer to a signal, added up. */
export class Answers {
  /** Resolves when all have answered that are expected to, or it is closed. */
  readonly sum: Promise<number>;
  private readonly answered = new Set<string>();
  private expected: readonly string[] | undefined;
  private reached = 0;
  private resolve: (sum: number) => void = () => undefined;

  constructor() {
    this.sum = new Promise((resolve) => (this.resolve = resolve));
  }

  /** It is known now which nodes will answer; some may have. */
  expect(nodes: readonly string[]): void {
    this.expected = nodes;
    this.settle();
  }

  /** A node answers, also one that was not expected to. */
  add(node: string, reached: number): void {
    this.reached += reached;
    this.answered.add(node);
    this.settle();
  }

  /** Goes on without those that are missing. */
  close(): void {
    this.resolve(this.reached);
  }

  private settle(): void {
    if (this.expected?.every((node) => this.answered.has(node))) this.close();
  }
}
