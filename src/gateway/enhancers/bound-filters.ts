import type { ExceptionFilter, Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { BoundFilter } from '../../messages/handler-filters.js';
import { FILTER_CATCH_EXCEPTIONS } from '../../nest/metadata-keys.js';
import { GatewayFilter } from './gateway-enhancers.js';
import { boundOn } from './ws-filter-chain.js';

/**
 * The filters of a handler in the order in which Nest would call them: last bound, first called.
 *
 * @param chosen the filter that replaces `GatewayFilter`
 */
export function boundFiltersOf(
  gateway: object,
  handler: object,
  moduleRef: ModuleRef,
  chosen: ExceptionFilter,
): BoundFilter[] {
  return [...boundOn(gateway), ...boundOn(handler)]
    .toReversed()
    .map((filter) => (filter === GatewayFilter ? chosen : filter))
    .map((filter) => (typeof filter === 'function' ? madeByNest(filter as FilterType, moduleRef) : filter))
    .filter((filter) => filter !== undefined)
    .map((filter) => ({ filter: filter as ExceptionFilter, catches: caughtBy(filter as ExceptionFilter) }));
}

type FilterType = Type<ExceptionFilter>;

/** The instance that Nest created in the module of the gateway, or that replaces it there. */
function madeByNest(type: FilterType, moduleRef: ModuleRef): ExceptionFilter | undefined {
  try {
    return moduleRef.get(type, { strict: true });
  } catch {
    return undefined;
  }
}

/** Reads the metadata of `@Catch()`, also if another decorator has replaced the class. */
function caughtBy(filter: ExceptionFilter): readonly Type[] {
  const places = [Object.getPrototypeOf(filter) as object | null, filter.constructor];
  const found = places.map(
    (place) => place && (Reflect.getMetadata(FILTER_CATCH_EXCEPTIONS, place) as Type[] | undefined),
  );
  return found.find(Boolean) ?? [];
}
