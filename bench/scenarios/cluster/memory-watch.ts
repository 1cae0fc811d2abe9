import { setTimeout as delay } from 'node:timers/promises';
import type { NodeProcess } from '../../processes/node-process.js';

const EVERY_MS = 200;

/** Looks again and again at how much memory nodes have. */
export class MemoryWatch {
  private most = 0;
  private isStopped = false;
  private readonly watching: Promise<void>;

  constructor(private readonly nodes: readonly NodeProcess[]) {
    this.watching = this.watch();
  }

  /** The most resident bytes that one node had since the last time. */
  takeMost(): number {
    const { most } = this;
    this.most = 0;
    return most;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.watching;
  }

  private async watch(): Promise<void> {
    while (!this.isStopped) {
      const all = await Promise.all(this.nodes.map((node) => node.resident()));
      this.most = Math.max(this.most, ...all);
      await delay(EVERY_MS);
    }
  }
}
