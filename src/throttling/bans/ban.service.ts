import { errorMessageOf, errorNameOf } from '../../faults/error-text.js';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import { Clock } from '../../time/clock.js';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { limitAddress } from '../../connection/limit-address.js';
import {
  addressKey,
  isAddressKey,
  limitKeyOf,
  type Principal,
  principalKey,
} from '../../connection/principal.js';
import { servedOf } from '../../connection/served-connection.js';
import { connectionFields } from '../../observability/identity-fields.js';
import { Outages } from '../../observability/outages.js';
import type { SecurityEventDetails } from '../../observability/security-event.js';
import { SecurityEvents } from '../../observability/security-events.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

/** What the event of a ban says, besides its end. */
type BanFields = Omit<SecurityEventDetails<'ban.set'>, 'type' | 'until' | 'counts'>;

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
    private readonly events: SecurityEvents,
    private readonly outages: Outages,
    private readonly clock: Clock,
    private readonly counters: Counters,
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
    const { principal, address } = connection;
    await this.banKey(servedOf(connection).limitKey, banMs, {
      ...connectionFields(connection),
      target: targetOf(principal, address),
      reason: 'too many violations',
    });
  }

  /**
   * Bans a user on every node, and closes their connections with 4403. A longer ban that is in force stays.
   *
   * @param issuer null for users without an issuer
   * @param ms milliseconds from now
   */
  banUser(id: string, issuer: string | null, ms: number): Promise<void> {
    const key = principalKey(id, issuer);
    return this.banKey(key, ms, { target: targetOfKey(key), reason: 'by the application' });
  }

  /**
   * Bans an address on every node: nobody connects from it, with whatever credential. Closes the connections of
   * anonymous clients there with 4403. A longer ban that is in force stays.
   *
   * @param address IPv6 stands for its prefix (`WS_IPV6_PREFIX`), as for limits
   * @param ms milliseconds from now
   */
  banAddress(address: string, ms: number): Promise<void> {
    const key = addressKey(limitAddress(address, this.options.ipv6Prefix));
    return this.banKey(key, ms, { target: targetOfKey(key), reason: 'by the application' });
  }

  /** Lifts a ban on every node. @param key as returned by `BanStore.list()` */
  async lift(key: string): Promise<void> {
    this.known.lift(key);
    await this.outages.watch('BanStore', () => this.store.lift(key));
    this.events.emit({ type: 'ban.lifted', target: targetOfKey(key) });
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
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

  /** Whether nobody may connect from an address, with whatever credential, as far as this node knows. @internal */
  isAddressBannedHere(address: string): boolean {
    return this.known.size > 0 && this.known.remaining(addressKey(address)) > 0;
  }

  /** The bans in force, as far as this node knows. @internal */
  get active(): Readonly<Record<'principal' | 'address', number>> {
    const bans = this.known.list();
    const address = bans.filter(({ key }) => isAddressKey(key)).length;
    return { principal: bans.length - address, address };
  }

  private async banKey(key: string, ms: number, fields: BanFields): Promise<void> {
    this.counters.bans.add(isAddressKey(key) ? 'address' : 'principal');
    const connections = this.apply(key, ms);
    try {
      await this.outages.watch('BanStore', () => this.store.ban(key, ms));
    } catch (error) {
      const reason = errorMessageOf(error) || errorNameOf(error);
      this.events.emit({ type: 'ban.failed', ...fields, reason });
      throw error;
    }
    this.events.emit({
      type: 'ban.set',
      ...fields,
      until: new Date(this.clock.now() + ms).toISOString(),
      counts: { connections },
    });
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
