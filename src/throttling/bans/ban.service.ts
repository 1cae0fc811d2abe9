import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.service.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';
import { servedOf } from '../../connection/served-connection.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

/**
 * Keeps out, for `WS_BAN_MS`, a principal that went on after it was warned, or the address of an anonymous client.
 *
 * @publicApi
 */
@Injectable()
export class BanService implements OnModuleInit {
  /** What this node knows of bans, for the moment between the last question and registration, in which nothing may wait. */
  private readonly here: MemoryBanStore;

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: BanStore,
    private readonly registry: ConnectionRegistry,
    clock: Clock,
  ) {
    this.here = new MemoryBanStore(clock);
  }

  onModuleInit(): void {
    if (this.options.banMs === 0) return;
    this.store.watch(
      (key, remaining) => this.apply(key, remaining),
      (key) => this.here.lift(key),
    );
  }

  /**
   * Bans the principal or the address of a connection, if the service bans at all, and closes all connections of the
   * same that are not being closed already.
   */
  async ban(connection: Connection): Promise<void> {
    const { banMs } = this.options;
    if (banMs === 0) return;
    const { limitKey } = servedOf(connection);
    this.apply(limitKey, banMs);
    await this.store.ban(limitKey, banMs);
  }

  /** Ends a ban before its time, on every node. @param key as `BanStore.list()` tells it */
  async lift(key: string): Promise<void> {
    this.here.lift(key);
    await this.store.lift(key);
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
    return this.options.banMs === 0 ? 0 : this.store.remaining(limitKeyOf(principal, address));
  }

  /** As {@link remaining}, as far as this node knows. @internal */
  isBannedHere(principal: Principal, address: string): boolean {
    return this.here.size > 0 && this.here.remaining(limitKeyOf(principal, address)) > 0;
  }

  private apply(key: string, ms: number): void {
    // A ban that is known has closed what there was, and nobody was let in since.
    if (ms <= this.here.remaining(key)) return;
    this.here.ban(key, ms);
    for (const connection of this.registry.withLimitKey(key)) {
      if (connection.isOpen && !connection.isEnding) closeBanned(connection, ms);
    }
  }
}

/** Tells the client why, and closes. */
export function closeBanned(connection: Connection, retryAfterMs = 0): void {
  connection.close(CloseCode.FORBIDDEN, 'banned', retryAfterMs);
}
