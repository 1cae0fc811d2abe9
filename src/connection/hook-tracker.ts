import { Injectable } from '@nestjs/common';

/** Tracks running hooks of gateways, so that a shutdown can wait for them. */
@Injectable()
export class HookTracker {
  private readonly running = new Set<Promise<unknown>>();

  track(hook: Promise<unknown>): void {
    this.running.add(hook);
    const ended = (): void => void this.running.delete(hook);
    hook.then(ended, ended);
  }

  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }
}
