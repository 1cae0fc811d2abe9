/** What nodes answer to a signal, added up. */
export class Answers {
  /** Resolves when all have answered, or it is closed. */
  readonly sum: Promise<number>;
  private readonly missing: Set<string>;
  private reached = 0;
  private resolve: (sum: number) => void = () => undefined;

  /** @param nodes to wait for */
  constructor(nodes: Iterable<string>) {
    this.missing = new Set(nodes);
    this.sum = new Promise((resolve) => (this.resolve = resolve));
  }

  /** A node answers, also one that was not expected to. */
  add(node: string, reached: number): void {
    this.reached += reached;
    this.missing.delete(node);
    if (this.missing.size === 0) this.close();
  }

  /** Goes on without those that are missing. */
  close(): void {
    this.resolve(this.reached);
  }
}
