import { operatorKey, type OperatorPrincipal } from '../access/operator-principal.js';
import type { EventListener } from './event-listener.js';

/**
 * The oldest listener of the operator who has most of them, if the newcomer has fewer even with a new one. Otherwise one
 * operator could keep all others from seeing what happens.
 *
 * @param open in the order in which they came
 */
export function placeToGiveUp(
  open: Iterable<EventListener>,
  newcomer: OperatorPrincipal,
): EventListener | undefined {
  const byOperator = new Map<string, EventListener[]>();
  let most: readonly EventListener[] = [];
  for (const listener of open) {
    const key = operatorKey(listener.principal);
    const own = byOperator.get(key) ?? [];
    byOperator.set(key, own);
    if (own.push(listener) > most.length) most = own;
  }
  const withNewOne = (byOperator.get(operatorKey(newcomer))?.length ?? 0) + 1;
  return withNewOne < most.length ? most[0] : undefined;
}
