import { type Callable, declare, declaredOf } from '../nest/handler-metadata.js';

const COST = 'ws-security:cost';

/**
 * Sets how many hits an event counts as, on every budget. On a class, it applies to all its events.
 *
 * @param cost an integer of at least 1; a cost above the limit counts as the limit
 * @publicApi
 */
export const WsCost = (cost: number): ClassDecorator & MethodDecorator => {
  if (!Number.isSafeInteger(cost) || cost < 1)
    throw new TypeError('The cost of @WsCost() must be a whole number of at least 1.');
  return declare(COST, cost);
};

/** The cost of an event, by default 1. */
export function costOf(gateway: Callable, handler: Callable): number {
  const cost = declaredOf(COST, gateway, handler) ?? (Reflect.getMetadata(COST, gateway) as unknown);
  return (cost as number | undefined) ?? 1;
}
