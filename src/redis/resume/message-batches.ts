/** So many items go into a message. */
const MOST = 200;

/** Puts items of one kind into few messages: one is under way at a time, and what comes meanwhile is the next one. */
export class MessageBatches<Item> {
  private waiting: Item[] = [];
  private isSending = false;

  /**
   * @param send sends a message
   * @param onFailed receives items whose message could not be sent
   */
  constructor(
    private readonly send: (items: readonly Item[]) => Promise<void>,
    private readonly onFailed: (items: readonly Item[]) => void,
  ) {}

  add(item: Item): void {
    this.waiting.push(item);
    if (!this.isSending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    // Those that come at the same time go together.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const items = this.waiting.splice(0, MOST);
      try {
        await this.send(items);
      } catch {
        this.onFailed(items);
      }
    }
    this.isSending = false;
  }
}
