/** How a principal was authenticated. @publicApi */
export type PrincipalKind = 'anonymous' | 'token' | 'certificate' | 'api-key';

/**
 * The authenticated user of a connection. Messages cannot change it. Two principals are the same if issuer and id are
 * equal.
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
  /** Epoch milliseconds, or null if the credential does not expire. */
  readonly expiresAt: number | null;
  readonly sessionId: string | null;
}

/** The principal of a connection without authentication. @publicApi */
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

const PRINCIPAL = 'principal:';
const ADDRESS = 'address:';

/**
 * The key that limits are counted under: issuer and id, or the address of an anonymous client. The length separates
 * `a` + `bc` from `ab` + `c`.
 */
export function limitKeyOf(principal: Principal, address: string): string {
  return principal.id === null ? addressKey(address) : principalKey(principal.id, principal.issuer);
}

/** The limit key of a user. Joined, because a template keeps its parts, and connections keep their key. */
export function principalKey(id: string, issuer: string | null): string {
  return [PRINCIPAL, issuer?.length ?? 0, ':', issuer ?? '', ':', id].join('');
}

/** The limit key of anonymous clients with an address. */
export function addressKey(address: string): string {
  return ADDRESS + address;
}

/** Who a limit key is about; undefined for any other text. */
export function subjectIn(
  key: string,
): { readonly address: string } | { readonly id: string; readonly issuer: string | null } | undefined {
  if (key.startsWith(ADDRESS)) return { address: key.slice(ADDRESS.length) };
  const [head, length] = /^principal:(\d+):/.exec(key) ?? [];
  if (head === undefined) return undefined;
  const end = head.length + Number(length);
  return { issuer: key.slice(head.length, end) || null, id: key.slice(end + 1) };
}

/** Whether a limit key is that of anonymous clients of an address. */
export function isAddressKey(key: string): boolean {
  return key.startsWith('address:');
}

/** @param now epoch milliseconds */
export function isExpired({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}

/** Whether issuer, id and kind are equal. Everything else may differ. */
export function isSamePrincipal(one: Principal, other: Principal): boolean {
  return one.id === other.id && one.issuer === other.issuer && one.kind === other.kind;
}
