import { TicketStore } from '../../auth/tickets/ticket-store.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';
import { idOf, type RedisKeys } from '../keys.js';
import type { Partition, RedisPort, ScriptArgument } from '../link/redis-port.js';
import type { Script } from '../link/script.js';
import { STORED_PRINCIPAL } from '../stored-principal.js';
import { readStored } from '../stored-text.js';
import { COUNT, DISCOUNT, KEEP, REMOVE, TAKE } from './ticket.scripts.js';

/** More than any limit. */
const UNLIMITED = 1_000_000;

export interface TicketStoreSettings {
  readonly keys: RedisKeys;
  /** Deadline of a call, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Tickets that all nodes share. A ticket is found by its hash alone, so in a Cluster it may be on another master than
 * the list of its principal. While Redis is away there are no tickets.
 */
export class RedisTicketStore extends TicketStore {
  constructor(
    private readonly port: RedisPort,
    private readonly settings: TicketStoreSettings,
  ) {
    super();
  }

  /** @throws RedisUnavailableError when it may not be kept, or an older one may still be good */
  override async put(hash: string, principal: Principal, ttlMs: number, most: number): Promise<void> {
    const owner = ownerOf(principal);
    // It is there before it is counted, so another call that finds it surplus can remove it.
    await this.onTicket(KEEP, hash, [JSON.stringify(principal), Math.ceil(ttlMs)]);
    const reply = await this.onOwner(COUNT, owner, [hash, Math.ceil(ttlMs), Math.min(most, UNLIMITED)]);
    const [, surplus] = reply as [number, string[]];
    if (surplus.length === 0) return;
    await this.remove(surplus);
    // What was not removed for sure is found surplus again by the next call.
    await this.onOwner(DISCOUNT, owner, surplus);
  }

  /**
   * @throws RedisUnavailableError when it cannot be told; the ticket may be gone then
   * @throws MalformedEntryError for a ticket that this version cannot read; it is gone
   */
  override async take(hash: string): Promise<Principal | null | undefined> {
    const [, text] = (await this.onTicket(TAKE, hash, [])) as [number, string?];
    if (text === undefined) return undefined;
    if (text === '') return null;
    const principal = readStored(text, STORED_PRINCIPAL, 'the principal of a ticket');
    // A list that is too long costs an older ticket, no more.
    await this.onOwner(DISCOUNT, ownerOf(principal), [hash]).catch(() => undefined);
    return principal;
  }

  private onTicket(script: Script, hash: string, args: readonly ScriptArgument[]): Promise<unknown> {
    const partition = this.port.partitionOf(hash);
    return this.port.run(
      script,
      partition,
      [this.settings.keys.ticket(partition, hash)],
      args,
      this.settings,
    );
  }

  private async remove(hashes: readonly string[]): Promise<void> {
    const keys = new Map<Partition, string[]>();
    for (const hash of hashes) {
      const partition = this.port.partitionOf(hash);
      const own = keys.get(partition) ?? [];
      own.push(this.settings.keys.ticket(partition, hash));
      keys.set(partition, own);
    }
    const calls = Array.from(keys, ([partition, own]) =>
      this.port.run(REMOVE, partition, own, [], this.settings),
    );
    await Promise.all(calls);
  }

  private onOwner(script: Script, owner: string, args: readonly ScriptArgument[]): Promise<unknown> {
    const partition = this.port.partitionOf(owner);
    return this.port.run(
      script,
      partition,
      [this.settings.keys.tickets(partition, owner)],
      args,
      this.settings,
    );
  }
}

function ownerOf(principal: Principal): string {
  return idOf(limitKeyOf(principal, ''));
}
