import { Injectable } from '@nestjs/common';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.service.js';
import { closeWithGoodbye } from '../../connection/goodbye.js';
import { limitKeyOf, type Principal } from '../../connection/principal.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CloseCode } from '../../protocol/close-code.enum.js';
import { BanStore } from './ban-store.js';

/** Keeps out, for `WS_BAN_MS`, who went on after being told: a principal, or the address of somebody anonymous. */
@Injectable()
export class BanService {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly store: BanStore,
    private readonly registry: ConnectionRegistry,
  ) {}

  /** Bans who is on a connection, if the service bans at all, and closes the other connections of the same. */
  async ban(connection: Connection): Promise<void> {
    const { banMs } = this.options;
    if (banMs === 0) return;
    const { limitKey } = connection;
    const stored = this.store.ban(limitKey, banMs);
    for (const other of this.registry) {
      if (other !== connection && other.limitKey === limitKey && other.isOpen)
        closeWithGoodbye(other, CloseCode.FORBIDDEN, 'banned', banMs);
    }
    await stored;
  }

  /** @returns milliseconds */
  remaining(principal: Principal, address: string): number | Promise<number> {
    return this.options.banMs === 0 ? 0 : this.store.remaining(limitKeyOf(principal, address));
  }
}
