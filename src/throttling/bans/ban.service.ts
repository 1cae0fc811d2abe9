import { Injectable } from '@nestjs/common';
import { Clock } from '../../time/clock.js';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.service.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';
import { servedOf } from '../../connection/served-connection.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore, MemoryBanStore } from './ban-store.js';

/** Keeps out, for `WS_BAN_MS`, who went on after being told: a principal, or the address of somebody anonymous. */
@Injectable()
export class BanService {
  /** Who was banned here, for the moment between the last question and registration, in which nothing may wait. */
  private readonly here: MemoryBanStore;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: BanStore,
    private readonly registry: ConnectionRegistry,
    clock: Clock,
  ) {
    this.here = new MemoryBanStore(clock);
  }

  /** Bans who is on a connection, if the service bans at all, and closes the other connections of the same. */
  async ban(connection: Connection): Promise<void> {
    const { banMs } = this.options;
    if (banMs === 0) return;
    const { limitKey } = servedOf(connection);
    this.here.ban(limitKey, banMs);
    const stored = this.store.ban(limitKey, banMs);
    for (const other of this.registry) {
      if (other !== connection && servedOf(other).limitKey === limitKey && other.isOpen)
        closeBanned(other, banMs);
    }
    await stored;
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
    return this.options.banMs === 0 ? 0 : this.store.remaining(limitKeyOf(principal, address));
  }

  /** As {@link remaining}, but of who was banned through this service alone. */
  isBannedHere(principal: Principal, address: string): boolean {
    return this.here.size > 0 && this.here.remaining(limitKeyOf(principal, address)) > 0;
  }
}

/** Says why, and goes. */
export function closeBanned(connection: Connection, retryAfterMs = 0): void {
  connection.close(CloseCode.FORBIDDEN, 'banned', retryAfterMs);
}
