import type { Callable } from '../nest/handler-metadata.js';

/** The properties of a gateway that its budgets depend on. */
export interface ThrottledGateway {
  readonly gateway: Callable;
  readonly handlers: readonly { readonly event: unknown; readonly callback: Callable }[];
}
