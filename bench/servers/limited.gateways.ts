import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage } from '@nestjs/websockets';
import { CurrentPrincipal, type Principal, SecureGateway, WsCost, WsRoles } from 'nestjs-ws-security';
import { monotonic } from '../processes/monotonic.js';

/** A message that was let through. */
export interface Accepted {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly cost: number;
}

/** The limit that is flooded. Costs up to {@link MOST_COST} are lent in portions as well. */
export const FLOODED = { limit: 100, ttl: 10_000 };
export const MOST_COST = 25;

const accepted = new Map<string, Accepted[]>();

/** What was accepted since the last time, by user. */
export function takeAccepted(): Record<string, Accepted[]> {
  const taken = Object.fromEntries(accepted);
  accepted.clear();
  return taken;
}

function accept(user: string | null, cost: number): { cost: number } {
  const list = accepted.get(String(user)) ?? [];
  accepted.set(String(user), list);
  list.push({ at: monotonic(), cost });
  return { cost };
}

/** Events that cost 1 have a budget of their own. */
@Throttle({ default: FLOODED })
@WsRoles('user')
@SecureGateway({ path: '/ws' })
export class SingleGateway {
  @SubscribeMessage('single')
  single(@CurrentPrincipal() { id }: Principal): { cost: number } {
    return accept(id, 1);
  }
}

/** `cost-1`, `cost-2` … share another budget. */
@Throttle({ default: FLOODED })
@WsRoles('user')
@SecureGateway({ path: '/ws' })
export class MixedGateway {}

for (let cost = 1; cost <= MOST_COST; cost++) {
  const name = `cost${cost}`;
  const descriptor = {
    value: ({ id }: Principal) => accept(id, cost),
    writable: true,
    configurable: true,
  };
  Object.defineProperty(MixedGateway.prototype, name, descriptor);
  CurrentPrincipal()(MixedGateway.prototype, name, 0);
  WsCost(cost)(MixedGateway.prototype, name, descriptor);
  SubscribeMessage(`cost-${cost}`)(MixedGateway.prototype, name, descriptor);
}
