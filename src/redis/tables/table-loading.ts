import { TABLE_NAMES, type TableName } from './table-entry.js';

/** Which tables this node knows whole, and the loading of those that it does not. */
export class TableLoading {
  /** Tables of which this node may not know everything. */
  private readonly missing = new Set<TableName>(TABLE_NAMES);
  private readonly running = new Map<TableName, Promise<void>>();
  /** How often changes were lost to this node. */
  private losses = 0;
  /** Whether changes are being read, so that what is loaded stays up to date. */
  private isFollowing = false;

  /** @param read takes over all of a table */
  constructor(private readonly read: (name: TableName) => Promise<void>) {}

  knows(name: TableName): boolean {
    return !this.missing.has(name);
  }

  /** Begins: from now on changes are being read. One attempt. */
  start(): Promise<void> {
    this.isFollowing = true;
    return this.loadMissing();
  }

  /** One attempt at what is missing. */
  async loadMissing(): Promise<void> {
    if (this.isFollowing) await Promise.all(Array.from(this.missing, (name) => this.load(name)));
  }

  /** Changes were lost to this node. */
  async lost(): Promise<void> {
    this.losses++;
    for (const name of TABLE_NAMES) this.missing.add(name);
    // What is being loaded may have been read before the loss.
    await Promise.allSettled(this.running.values());
    await this.loadMissing();
  }

  load(name: TableName): Promise<void> {
    const running = this.running.get(name);
    if (running) return running;
    const load = this.loadWhole(name).finally(() => this.running.delete(name));
    this.running.set(name, load);
    return load;
  }

  private async loadWhole(name: TableName): Promise<void> {
    const { losses } = this;
    await this.read(name);
    if (losses === this.losses) this.missing.delete(name);
  }
}
