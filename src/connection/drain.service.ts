import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.service.js';
import { closeWithGoodbye } from './goodbye.js';
import { HookTracker } from './hook-tracker.js';
import { TimerWheel } from './timer-wheel.js';

/**
 * Lets a node go without cutting anybody off: refuse handshakes, close in paced batches with 1012, wait for
 * the hooks, and terminate only what is left at the deadline.
 */
@Injectable()
export class DrainService implements OnModuleDestroy, BeforeApplicationShutdown {
  private draining = false;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly hooks: HookTracker,
    private readonly wheel: TimerWheel,
  ) {}

  /** Whether handshakes are refused from now on. */
  get isDraining(): boolean {
    return this.draining;
  }

  // The first hook of a shutdown: nobody new comes in while the others still run.
  onModuleDestroy(): void {
    this.draining = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    const deadline = this.after(this.options.drainTimeoutMs);
    await Promise.race([this.closeAll(deadline.passed), deadline.reached]);
    for (const connection of this.registry) connection.terminate();
    await Promise.race([this.hooks.settled(), deadline.reached]);
    deadline.cancel();
  }

  private async closeAll(isOver: () => boolean): Promise<void> {
    const connections = [...this.registry];
    for (let start = 0; start < connections.length && !isOver(); start += this.options.drainBatch) {
      if (start > 0) await this.after(this.options.drainIntervalMs).reached;
      for (const connection of connections.slice(start, start + this.options.drainBatch)) this.close(connection);
    }
    await this.registry.whenEmpty();
    await this.hooks.settled();
  }

  private close(connection: Connection): void {
    if (connection.isOpen) closeWithGoodbye(connection, CloseCode.SERVICE_RESTART, 'service restart');
  }

  private after(ms: number): { reached: Promise<void>; passed: () => boolean; cancel: () => void } {
    let passed = false;
    let cancel = (): void => undefined;
    const reached = new Promise<void>((resolve) => {
      const timer = this.wheel.schedule(ms, () => {
        passed = true;
        resolve();
      });
      cancel = () => timer.cancel();
    });
    return { reached, passed: () => passed, cancel };
  }
}
