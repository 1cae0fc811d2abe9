/** How a principal proved who it is. @publicApi */
export type PrincipalKind = 'anonymous' | 'token' | 'certificate' | 'api-key';

/**
 * Who is on a connection, as the server established it; nothing a message says can change it.
 * Two principals are the same when issuer and id are.
 *
 * @publicApi
 */
export interface Principal {
  /** Null for an anonymous principal. */
  readonly id: string | null;
  readonly issuer: string | null;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds, or null when the credential does not expire. */
  readonly expiresAt: number | null;
  readonly sessionId: string | null;
}

/** The principal of a connection that nobody has logged in on. @publicApi */
export const ANONYMOUS: Principal = Object.freeze({
  id: null,
  issuer: null,
  kind: 'anonymous',
  roles: Object.freeze([]),
  scopes: Object.freeze([]),
  claims: Object.freeze({}),
  expiresAt: null,
  sessionId: null,
});

/**
 * The key that limits are counted on: issuer and id, or the address of an anonymous client. The length keeps
 * `a` + `bc` and `ab` + `c` apart.
 */
export function limitKeyOf(principal: Principal, address: string): string {
  if (principal.id === null) return `address:${address}`;
  const issuer = principal.issuer ?? '';
  return `principal:${issuer.length}:${issuer}:${principal.id}`;
}

/** @param now epoch milliseconds */
export function isExpired({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}

/** Identity is issuer and id, and how it was proved; nothing else of two credentials has to agree. */
export function isSamePrincipal(one: Principal, other: Principal): boolean {
  return one.id === other.id && one.issuer === other.issuer && one.kind === other.kind;
}
