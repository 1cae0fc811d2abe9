interface Waiter {
  readonly node: string;
  readonly end: () => void;
}

/** Who waits for sessions of other nodes. */
export class AwaitedSessions {
  private readonly waiters = new Map<string, Set<Waiter>>();

  /** @returns a promise that resolves when the session was answered for, its node has left, or `end` is called */
  wait(hash: string, node: string): { readonly over: Promise<void>; readonly end: () => void } {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const waiter = { node, end };
    const others = this.waiters.get(hash);
    if (others) others.add(waiter);
    else this.waiters.set(hash, new Set([waiter]));
    const gone = over.then(() => this.remove(hash, waiter));
    return { over: gone, end };
  }

  /** A node has left these sessions, or has said that there are none. */
  answered(hashes: readonly string[]): void {
    for (const hash of hashes) for (const { end } of this.waiters.get(hash) ?? []) end();
  }

  /** A node answers for no session any more. */
  left(node: string): void {
    for (const waiters of this.waiters.values())
      for (const waiter of waiters) if (waiter.node === node) waiter.end();
  }

  private remove(hash: string, waiter: Waiter): void {
    const waiters = this.waiters.get(hash);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(hash);
  }
}
