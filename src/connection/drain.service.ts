import { randomInt } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Counters } from '../counters/counters.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { type ServedConnection, servedOf } from './served-connection.js';
import { ConnectionLifecycleService } from './connection-lifecycle.service.js';
import { ConnectionRegistry } from './connection-registry.js';
import { HookTracker } from './hook-tracker.js';
import { SessionMoves } from './resume/session-moves.js';
import { TimerWheel } from '../time/timer-wheel.js';

const REASON = 'service restart';
/** The time that a client has to confirm the goodbye. */
const GOODBYE_MS = 1000;

/**
 * Shuts a node down gracefully: after `WS_DRAIN_DELAY_MS` refuses handshakes, says goodbye, answers running requests, closes connections in
 * paced batches with 1012, waits for hooks, terminates the remaining connections at the deadline, and hands sessions
 * over to other nodes.
 *
 * @publicApi
 */
@Injectable()
export class DrainService implements OnModuleDestroy, BeforeApplicationShutdown {
  private leaving = false;
  private draining = false;
  private isServing = false;
  /** The connections of the drains that run: each is counted once. */
  private readonly going = new Set<ServedConnection>();

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly lifecycle: ConnectionLifecycleService,
    private readonly hooks: HookTracker,
    private readonly moves: SessionMoves,
    private readonly wheel: TimerWheel,
    private readonly counters: Counters,
  ) {}

  /** Whether handshakes are refused. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** Whether a shutdown has begun. Handshakes are still accepted for `WS_DRAIN_DELAY_MS`. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  /** Whether a server with gateways has started to listen. @internal */
  get isListening(): boolean {
    return this.isServing;
  }

  /** A server with gateways has started to listen. @internal */
  serving(): void {
    if (this.isServing) return;
    this.isServing = true;
    this.lifecycle.listening();
  }

  // This is the first hook of a shutdown, so no client is accepted while the other hooks run.
  async onModuleDestroy(): Promise<void> {
    this.leaving = true;
    // Load balancers need time to see that this node is not ready. They never sent a client to one that did not listen.
    const { drainDelayMs } = this.options;
    if (this.isServing && drainDelayMs > 0) await this.wheel.delay(drainDelayMs);
    this.draining = true;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.leaving = true;
    this.draining = true;
    const { answered, cut } = await this.closeInTime(() => this.moves.leave());
    if (this.isServing || answered + cut > 0) this.lifecycle.drained(answered, cut);
  }

  /**
   * Closes all current connections as a shutdown does, while the node keeps accepting new ones. Clients reconnect by
   * themselves, to this node or to others.
   *
   * @param percent closes only so many of the connections, chosen at random among those that no drain closes already
   */
  async recycle(percent = 100): Promise<void> {
    await this.closeInTime(undefined, this.share(percent));
  }

  private share(percent: number): ServedConnection[] {
    const connections = [...this.registry].map(servedOf).filter((one) => !this.going.has(one));
    const count = Math.ceil((connections.length * percent) / 100);
    // The first places of a random order (Fisher and Yates).
    for (let i = 0; i < count && i < connections.length; i++) {
      const other = randomInt(i, connections.length);
      [connections[i], connections[other]] = [
        connections[other] as ServedConnection,
        connections[i] as ServedConnection,
      ];
    }
    return connections.slice(0, count);
  }

  /**
   * @param last started when all connections are closed, and awaited until the deadline
   * @returns the number of connections that ended in time, and of those that were cut
   */
  private async closeInTime(
    last?: () => Promise<void>,
    connections = [...this.registry].map(servedOf),
  ): Promise<{ answered: number; cut: number }> {
    const own = connections.filter((one) => !this.going.has(one));
    for (const connection of own) this.going.add(connection);
    // A node that never served has nothing to report.
    if (this.isServing || connections.length > 0) this.lifecycle.draining();
    const overdue = new AbortController();
    const deadline = new Promise<void>((resolve) =>
      overdue.signal.addEventListener('abort', () => resolve()),
    );
    const timer = this.wheel.schedule(this.options.drainTimeoutMs, () => overdue.abort());
    await Promise.race([this.closeAll(connections, overdue.signal), deadline]);
    const cut = own.filter(({ id }) => this.registry.get(id) !== undefined).length;
    this.counters.drained.add('answered', own.length - cut);
    this.counters.drained.add('cut', cut);
    for (const connection of connections) connection.terminate();
    for (const connection of own) this.going.delete(connection);
    await Promise.race([this.hooks.settled(), deadline]);
    await Promise.race([last?.(), deadline]);
    timer.cancel();
    return { answered: own.length - cut, cut };
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
      // The answer to a ping shows that everything the client sent before it received the goodbye has arrived.
      if (connection.sayGoodbye(CloseCode.SERVICE_RESTART, REASON))
        await Promise.race([connection.roundTrip(), this.wheel.delay(GOODBYE_MS), isOver]);
      await Promise.race([connection.finish(), isOver]);
      connection.close(CloseCode.SERVICE_RESTART, REASON);
    }
    await isOver;
  }
}
