import type { NotedRequest } from './writes.interface.js';

/** The query of `GET /revocations`. @publicApi */
export interface RevocationQuery {
  readonly kind?: 'user' | 'session' | 'token';
  /** The exact id of a user. */
  readonly user?: string;
  /** Entries of a page, 1 to 100. Default: 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** One revocation. Times are epoch milliseconds. @publicApi */
export interface Revocation {
  /** For `DELETE /revocations/:id`. Reveals no session and no token. */
  readonly id: string;
  readonly kind: 'user' | 'session' | 'token';
  /** Null unless a user is revoked. */
  readonly user: string | null;
  readonly issuer: string | null;
  /** Of a session or a token: the first 12 hexadecimal digits of its hash, as security events name sessions. */
  readonly hash: string | null;
  /** Credentials issued until then are revoked; null for all of them. */
  readonly before: number | null;
  /** When it is forgotten; null for never. */
  readonly until: number | null;
}

/** The answer of `GET /revocations`. @publicApi */
export interface RevocationPage {
  readonly revocations: readonly Revocation[];
  readonly total: number;
  readonly cursor: string | null;
}

/** What is revoked: exactly one of a user, a session, a token, or the session of a connection. @publicApi */
export type RevocationTarget =
  | { readonly user: string; /** Null for users without an issuer. */ readonly issuer: string | null }
  /** The `sid` of its tokens, or the `jti` of one without it. */
  | { readonly session: string }
  /** The `jti`. */
  | { readonly token: string }
  /** The id of a connection. Its session is revoked, and need not be known. */
  | { readonly connection: string };

/** The body of `POST /revocations`. @publicApi */
export type RevocationRequest = NotedRequest &
  RevocationTarget & {
    /** Epoch milliseconds when the last revoked credential expires. Default: `WS_REVOCATION_MAX_MS` from now. */
    readonly until?: number;
  };
