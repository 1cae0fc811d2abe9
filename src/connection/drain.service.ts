import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { type ServedConnection, servedOf } from './served-connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionRegistry } from './connection-registry.service.js';
import { HookTracker } from './hook-tracker.js';
import { SessionMoves } from './resume/session-moves.js';
import { TimerWheel } from '../time/timer-wheel.js';

const REASON = 'service restart';
/** How long a client may take to show that it has heard the goodbye. */
const GOODBYE_MS = 1000;

/**
 * Lets a node go without cutting anybody off: refuse handshakes, say goodbye, answer what is under way, close in paced
 * batches with 1012, wait for the hooks, terminate only what is left at the deadline, and leave the sessions to others.
 *
 * @publicApi
 */
@Injectable()
export class DrainService implements OnModuleDestroy, BeforeApplicationShutdown {
  private draining = false;
  private isServing = false;

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly hooks: HookTracker,
    private readonly moves: SessionMoves,
    private readonly wheel: TimerWheel,
  ) {}

  /** Whether handshakes are refused from now on. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** A server that gateways are bound to has begun to listen. @internal */
  serving(): void {
    this.isServing = true;
  }

  // The first hook of a shutdown: nobody new comes in while the others still run.
  onModuleDestroy(): void {
    this.draining = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    await this.closeInTime(() => this.moves.leave());
  }

  /**
   * Sends everybody who is connected away, as a shutdown does, while the node goes on accepting: clients come back by
   * themselves, to this node or to others.
   */
  recycle(): Promise<void> {
    return this.closeInTime();
  }

  /** @param last is begun when all have been closed, and waited for until the deadline */
  private async closeInTime(last?: () => Promise<void>): Promise<void> {
    const connections = [...this.registry].map(servedOf);
    // Where nobody could ever connect there is nothing to tell.
    if (this.isServing || connections.length > 0) this.lifecycle.draining();
    const overdue = new AbortController();
    const deadline = new Promise<void>((resolve) =>
      overdue.signal.addEventListener('abort', () => resolve()),
    );
    const timer = this.wheel.schedule(this.options.drainTimeoutMs, () => overdue.abort());
    await Promise.race([this.closeAll(connections, overdue.signal), deadline]);
    for (const connection of connections) connection.terminate();
    await Promise.race([this.hooks.settled(), deadline]);
    await Promise.race([last?.(), deadline]);
    timer.cancel();
  }

  private async closeAll(connections: readonly ServedConnection[], overdue: AbortSignal): Promise<void> {
    const { drainBatch, drainIntervalMs } = this.options;
    const closed: Promise<void>[] = [];
    for (let start = 0; start < connections.length && !overdue.aborted; start += drainBatch) {
      if (start > 0) await this.wheel.delay(drainIntervalMs);
      closed.push(...connections.slice(start, start + drainBatch).map((one) => this.close(one)));
    }
    await Promise.all(closed);
    await this.hooks.settled();
  }

  private async close(connection: ServedConnection): Promise<void> {
    const isOver = connection.whenClosed();
    if (connection.isOpen) {
      // What a client of the protocol has sent before it heard the goodbye is here once it has answered a ping.
      if (connection.sayGoodbye(CloseCode.SERVICE_RESTART, REASON))
        await Promise.race([connection.roundTrip(), this.wheel.delay(GOODBYE_MS), isOver]);
      await Promise.race([connection.finish(), isOver]);
      connection.close(CloseCode.SERVICE_RESTART, REASON);
    }
    await isOver;
  }
}
