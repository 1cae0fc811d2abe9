import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { addressKey, limitKeyOf, type Principal, principalKey } from '../../connection/principal.js';
import { servedOf } from '../../connection/served-connection.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

/**
 * Bans principals, or the addresses of anonymous clients, for `WS_BAN_MS` after too many violations. An application can
 * ban them too, whatever `WS_BAN_MS` is.
 *
 * @publicApi
 */
@Injectable()
export class BanService implements OnModuleInit {
  /** A local copy of the bans, for the check between the last step and registration, which must be synchronous. */
  private readonly known: MemoryBanStore;

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: BanStore,
    private readonly registry: ConnectionRegistry,
    clock: Clock,
  ) {
    this.known = new MemoryBanStore(clock);
  }

  onModuleInit(): void {
    this.store.watch(
      (key, remaining) => this.apply(key, remaining),
      (key) => this.known.lift(key),
    );
  }

  /**
   * Bans the principal or the address of a connection, if bans are enabled, and closes
   * all its connections that are not being closed already.
   */
  async ban(connection: Connection): Promise<void> {
    const { banMs } = this.options;
    if (banMs === 0) return;
    await this.banKey(servedOf(connection).limitKey, banMs);
  }

  /**
   * Bans a user on every node, and closes their connections with 4403. A longer ban that is in force stays.
   *
   * @param issuer null for users without an issuer
   * @param ms milliseconds from now
   */
  banUser(id: string, issuer: string | null, ms: number): Promise<void> {
    return this.banKey(principalKey(id, issuer), ms);
  }

  /**
   * Bans an address on every node: nobody connects from it, with whatever credential. Closes the connections of
   * anonymous clients there with 4403. A longer ban that is in force stays.
   *
   * @param address as limits count it, IPv6 by its prefix: `ClientLocator` returns it in this form
   * @param ms milliseconds from now
   */
  banAddress(address: string, ms: number): Promise<void> {
    return this.banKey(addressKey(address), ms);
  }

  /** Lifts a ban on every node. @param key as returned by `BanStore.list()` */
  async lift(key: string): Promise<void> {
    this.known.lift(key);
    await this.store.lift(key);
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
    return this.store.remaining(limitKeyOf(principal, address));
  }

  /** Like {@link remaining}, with the bans that this node knows. @internal */
  isBannedHere(principal: Principal, address: string): boolean {
    return this.known.size > 0 && this.known.remaining(limitKeyOf(principal, address)) > 0;
  }

  private async banKey(key: string, ms: number): Promise<void> {
    this.apply(key, ms);
    await this.store.ban(key, ms);
  }

  private apply(key: string, ms: number): void {
    // A ban that is known has closed the connections already, and no new ones were accepted since.
    if (ms <= this.known.remaining(key)) return;
    this.known.ban(key, ms);
    for (const connection of this.registry.withLimitKey(key)) {
      if (connection.isOpen && !connection.isEnding) closeBanned(connection, ms);
    }
  }
}

/** Sends the reason to the client and closes the connection. */
export function closeBanned(connection: Connection, retryAfterMs = 0): void {
  connection.close(CloseCode.FORBIDDEN, 'banned', retryAfterMs);
}
