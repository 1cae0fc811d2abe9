import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { Clock } from '../../time/clock.js';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { isAddressKey, limitKeyOf, type Principal } from '../../connection/principal.js';
import { servedOf } from '../../connection/served-connection.js';
import { connectionFields } from '../../observability/identity-fields.js';
import { Outages } from '../../observability/outages.js';
import { SecurityEvents } from '../../observability/security-events.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

/**
 * Bans principals, or the addresses of anonymous clients, for `WS_BAN_MS` after too many violations.
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
    private readonly events: SecurityEvents,
    private readonly outages: Outages,
    private readonly clock: Clock,
    private readonly counters: Counters,
  ) {
    this.known = new MemoryBanStore(clock);
  }

  onModuleInit(): void {
    if (this.options.banMs === 0) return;
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
    const { limitKey } = servedOf(connection);
    this.counters.bans.add(connection.principal.id === null ? 'address' : 'principal');
    const connections = this.apply(limitKey, banMs);
    await this.outages.watch('BanStore', () => this.store.ban(limitKey, banMs));
    this.events.emit({
      type: 'ban.set',
      ...connectionFields(connection),
      target: targetOf(connection.principal, connection.address),
      until: new Date(this.clock.now() + banMs).toISOString(),
      reason: 'too many violations',
      counts: { connections },
    });
  }

  /** Lifts a ban on every node. @param key as returned by `BanStore.list()` */
  async lift(key: string): Promise<void> {
    this.known.lift(key);
    await this.outages.watch('BanStore', () => this.store.lift(key));
    this.events.emit({ type: 'ban.lifted', target: targetOfKey(key) });
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
    if (this.options.banMs === 0) return 0;
    const remaining = this.outages.watch('BanStore', () =>
      this.store.remaining(limitKeyOf(principal, address)),
    );
    this.counters.stores.watch('bans', remaining);
    return remaining;
  }

  /** Like {@link remaining}, with the bans that this node knows. @internal */
  isBannedHere(principal: Principal, address: string): boolean {
    return this.known.size > 0 && this.known.remaining(limitKeyOf(principal, address)) > 0;
  }

  /** The bans in force, as far as this node knows. @internal */
  get active(): Readonly<Record<'principal' | 'address', number>> {
    const bans = this.known.list();
    const address = bans.filter(({ key }) => isAddressKey(key)).length;
    return { principal: bans.length - address, address };
  }

  /** @returns the number of closed connections */
  private apply(key: string, ms: number): number {
    // A ban that is known has closed the connections already, and no new ones were accepted since.
    if (ms <= this.known.remaining(key)) return 0;
    this.known.ban(key, ms);
    const others = this.registry.withLimitKey(key).filter(({ isOpen, isEnding }) => isOpen && !isEnding);
    for (const connection of others) closeBanned(connection, ms);
    return others.length;
  }
}

function targetOf(principal: Principal, address: string): string {
  return principal.id === null ? `address ${address}` : `user ${principal.id}`;
}

/** @param key as `limitKeyOf()` makes it */
function targetOfKey(key: string): string {
  if (key.startsWith('address:')) return `address ${key.slice('address:'.length)}`;
  const [, length = ''] = /^principal:(\d+):/.exec(key) ?? [];
  return length === '' ? key : `user ${key.slice(`principal:${length}:`.length + Number(length) + 1)}`;
}

/** Sends the reason to the client and closes the connection. */
export function closeBanned(connection: Connection, retryAfterMs = 0): void {
  connection.close(CloseCode.FORBIDDEN, 'banned', retryAfterMs);
}
