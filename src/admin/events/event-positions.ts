const NODE_ID = /^[\w-]{1,32}$/;
/** Nodes in an id. Those of a service that restarts all the time come and go. */
const MOST_NODES = 64;

/** How far a listener has got: for each node, the number of its last event. It is the id of events. */
export class EventPositions {
  private readonly numbers = new Map<string, number>();

  /** @param text the id of an event; anything else begins at the beginning */
  static read(text: string): EventPositions {
    const positions = new EventPositions();
    for (const part of text.split(',').slice(0, MOST_NODES)) {
      const [node = '', n = ''] = part.split(':');
      if (NODE_ID.test(node) && /^\d{1,15}$/.test(n)) positions.set(node, Number(n));
    }
    return positions;
  }

  /** The number of the last event of a node; undefined if it had none. */
  of(node: string): number | undefined {
    return this.numbers.get(node);
  }

  set(node: string, n: number): void {
    // The latest come last, so that the first may be forgotten.
    this.numbers.delete(node);
    this.numbers.set(node, n);
    const [oldest] = this.numbers.keys();
    if (this.numbers.size > MOST_NODES && oldest !== undefined) this.numbers.delete(oldest);
  }

  forget(node: string): void {
    this.numbers.delete(node);
  }

  nodes(): IterableIterator<string> {
    return this.numbers.keys();
  }

  toString(): string {
    return [...this.numbers].map(([node, n]) => `${node}:${n}`).join(',');
  }
}
