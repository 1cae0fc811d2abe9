import type { BudgetState } from '../../throttling/ws-throttler-storage.interface.js';
import { idOf, type RedisKeys } from '../keys.js';
import type { RedisPort } from '../link/redis-port.js';
import { PEEK_EXACT, PEEK_LENT } from './peek.script.js';

/** Asks Redis what is left of a budget, without a hit. */
export class BudgetPeek {
  /** @param unspentHere what this node was lent of a budget and has not spent */
  constructor(
    private readonly port: RedisPort,
    private readonly keys: RedisKeys,
    private readonly unspentHere: (name: string, ttl: number, key: string) => number | undefined,
  ) {}

  /** @param isExact whether each hit is counted in Redis @throws RedisUnavailableError */
  async peek(key: string, ttl: number, limit: number, name: string, isExact: boolean): Promise<BudgetState> {
    const { port, keys } = this;
    const id = idOf(key);
    const at = port.partitionOf(id);
    const names = isExact
      ? [keys.exact(at, name, ttl, id), keys.block(at, name, ttl, id)]
      : [keys.window(at, name, ttl, id)];
    const reply = await port.run(isExact ? PEEK_EXACT : PEEK_LENT, at, names, [limit, ttl]);
    const [, free, wait] = reply as [number, number, number];
    const own = isExact ? 0 : (this.unspentHere(name, ttl, key) ?? 0);
    const remaining = Math.min(limit, free + own);
    return { remaining, retryAfterMs: remaining > 0 ? 0 : Math.max(1, wait) };
  }
}
