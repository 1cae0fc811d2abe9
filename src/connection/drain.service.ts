import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
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
    const overdue = new AbortController();
    const deadline = new Promise<void>((resolve) =>
      overdue.signal.addEventListener('abort', () => resolve()),
    );
    const timer = this.wheel.schedule(this.options.drainTimeoutMs, () => overdue.abort());
    await Promise.race([this.closeAll(overdue.signal), deadline]);
    for (const connection of this.registry) connection.terminate();
    await Promise.race([this.hooks.settled(), deadline]);
    timer.cancel();
  }

  private async closeAll(overdue: AbortSignal): Promise<void> {
    const connections = [...this.registry];
    const { drainBatch, drainIntervalMs } = this.options;
    for (let start = 0; start < connections.length && !overdue.aborted; start += drainBatch) {
      if (start > 0) await this.wheel.delay(drainIntervalMs);
      for (const connection of connections.slice(start, start + drainBatch)) {
        if (connection.isOpen) closeWithGoodbye(connection, CloseCode.SERVICE_RESTART, 'service restart');
      }
    }
    await this.registry.whenEmpty();
    await this.hooks.settled();
  }
}
