import type { Callable } from '../nest/handler-metadata.js';

/** A gateway and its events, as far as budgets depend on them. */
export interface ThrottledGateway {
  readonly gateway: Callable;
  readonly handlers: readonly { readonly event: unknown; readonly callback: Callable }[];
}
