import { type Callable, declare, declaredOf } from '../nest/handler-metadata.js';

const COST = 'ws-security:cost';

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

/** What {@link WsCost} says of an event, otherwise 1. */
export function costOf(gateway: Callable, handler: Callable): number {
  const cost = declaredOf(COST, gateway, handler) ?? (Reflect.getMetadata(COST, gateway) as unknown);
  return (cost as number | undefined) ?? 1;
}
