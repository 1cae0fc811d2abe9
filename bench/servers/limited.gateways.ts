import { Throttle } from '@nestjs/throttler';
import { SubscribeMessage } from '@nestjs/websockets';
import { SecureGateway, WsCost, WsRoles } from 'nestjs-ws-security';
import { FLOODED, MOST_COST } from './flooded.js';

/** Events that cost 1 have a budget of their own. */
@Throttle({ default: FLOODED })
@WsRoles('user')
@SecureGateway({ path: '/ws' })
export class SingleGateway {
  @SubscribeMessage('single')
  single(): { cost: number } {
    return { cost: 1 };
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
    value: () => ({ cost }),
    writable: true,
    configurable: true,
  };
  Object.defineProperty(MixedGateway.prototype, name, descriptor);
  WsCost(cost)(MixedGateway.prototype, name, descriptor);
  SubscribeMessage(`cost-${cost}`)(MixedGateway.prototype, name, descriptor);
}
