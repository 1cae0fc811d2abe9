import type { MaybePromise } from '../../time/maybe-promise.js';

/** Who uses the operator's API. @publicApi */
export interface OperatorPrincipal {
  /** Names the operator in security events. */
  readonly id: string;
  readonly issuer?: string | null;
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  /** Epoch milliseconds. A listener of events is cut then. */
  readonly expiresAt?: number | null;
  /** Asked every 15 seconds while the operator listens to events, who is cut unless the answer is `true`. Default: valid until `expiresAt`. */
  readonly isStillValid?: () => MaybePromise<boolean>;
}

/** The rights that let an operator read or write: one of them suffices. @publicApi */
export interface OperatorRights {
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
}

/** Whether a principal has one of the rights. */
export function hasOneOf(principal: OperatorPrincipal, { scopes = [], roles = [] }: OperatorRights): boolean {
  return isOneIn(principal.scopes, scopes) || isOneIn(principal.roles, roles);
}

/** In a text instead of a list, `ws:read` would be found in `no-ws:read` too. */
function isOneIn(names: unknown, wanted: readonly string[]): boolean {
  return Array.isArray(names) && wanted.some((name) => names.includes(name));
}

/** Tells operators apart. The length separates `a` + `bc` from `ab` + `c`. */
export function operatorKey({ id, issuer }: OperatorPrincipal): string {
  return `operator:${issuer?.length ?? 0}:${issuer ?? ''}:${id}`;
}

const OPERATORS = new WeakMap<object, OperatorPrincipal>();

/** Says who sent a request. Guards that do not extend `OperatorGuard` can call it. @publicApi */
export function setOperator(request: object, principal: OperatorPrincipal): void {
  OPERATORS.set(request, principal);
}

/** Who sent a request, as a guard said. */
export function operatorOf(request: object): OperatorPrincipal | undefined {
  return OPERATORS.get(request);
}
