import { declare } from '../nest/handler-metadata.js';

export const COST = 'ws-security:cost';

/**
 * How many messages an event counts as, on every budget it is counted on; a class's holds for all its events.
 *
 * @param cost a whole number of at least 1; more than a limit counts as the whole of it
 * @publicApi
 */
export const WsCost = (cost: number): ClassDecorator & MethodDecorator => {
  if (!Number.isSafeInteger(cost) || cost < 1) throw new TypeError('A cost is a whole number of at least 1.');
  return declare(COST, cost);
};
