import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionRegistry } from '../connection/connection-registry.service.js';
import { isThenable } from '../time/maybe-promise.js';
import type { Principal } from '../connection/principal.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { IssuedAhead } from './issued-ahead.js';
import { MemoryRevocationStore, RevocationStore } from './revocation-store.js';

/** The longest that a handshake can be under way. */
const HANDSHAKE_MS = 86_400_000;
/** Less is an `exp` in seconds, or nothing that was meant: the year 1973 in milliseconds, 5138 in seconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * Ends what a credential allows before it expires: open connections are closed with 4403 at once, later handshakes
 * with it are refused.
 *
 * @publicApi
 */
@Injectable()
export class RevocationService {
  /** What was revoked here, for the moment between verification and registration, in which nothing may wait. */
  private readonly here: MemoryRevocationStore;
  private readonly ahead = new IssuedAhead();

  constructor(
    private readonly store: RevocationStore,
    private readonly registry: ConnectionRegistry,
    private readonly clock: Clock,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {
    this.here = new MemoryRevocationStore(clock);
  }

  /**
   * Voids every credential of a user that was issued until now, or accepted until now on this node although its issuer's
   * clock is ahead; one issued later is good.
   *
   * @param issuer who issued the user's credentials, null when they name nobody
   * @param expiresAt epoch milliseconds at which the last credential issued until now expires; the revocation is
   * remembered until then, and for good when left out
   * @returns how many connections of this node were closed
   */
  revokeUser(id: string, issuer: string | null, expiresAt?: number): Promise<number> {
    const key = userKey(id, issuer);
    const now = this.clock.now();
    const before = this.ahead.latest(key, now);
    // A clock that is ahead at the issue is ahead at the expiry too.
    return this.revoke(key, before, expiresAt === undefined ? undefined : expiresAt + before - now);
  }

  /**
   * Voids every credential of a session (`sid`, else `jti`), whenever it was issued.
   *
   * @param expiresAt epoch milliseconds at which the session ends, so that no credential of it is good or issued any
   * more; the revocation is remembered until then, and for good when left out
   * @returns how many connections of this node were closed
   */
  revokeSession(sessionId: string, expiresAt?: number): Promise<number> {
    return this.revoke(sessionKey(sessionId), Infinity, expiresAt);
  }

  /**
   * Voids one token, by its `jti`; others of its session are good.
   *
   * @param expiresAt epoch milliseconds at which the token expires; the revocation is remembered until then, and for
   * good when left out
   * @returns how many connections of this node were closed
   */
  revokeToken(jti: string, expiresAt?: number): Promise<number> {
    return this.revoke(tokenKey(jti), Infinity, expiresAt);
  }

  /**
   * Whether the credential that a principal came with has been revoked. Whoever asks accepts it otherwise: a later
   * revocation of the user reaches it, also when its issuer's clock is ahead.
   */
  async isRevoked(principal: Principal): Promise<boolean> {
    return this.isRevokedAnywhere(principal);
  }

  /** As {@link isRevoked}, at once where the store knows at once. @internal */
  isRevokedAnywhere(principal: Principal): boolean | Promise<boolean> {
    // Before the answer: a revocation while the store is asked has to reach it as well.
    this.accepted(principal);
    const before = this.store.revokedBefore(keysOf(principal));
    if (!isThenable(before)) return isVoid(principal, before);
    return Promise.resolve(before).then((moment) => isVoid(principal, moment));
  }

  /** As {@link isRevoked}, but of what was revoked through this service alone. @internal */
  isRevokedHere(principal: Principal): boolean {
    if (this.here.size === 0) return false;
    return isVoid(principal, this.here.revokedBefore(keysOf(principal)));
  }

  /** A credential is good from here on. @internal */
  accepted(principal: Principal): void {
    const now = this.clock.now();
    const issuedAt = issuedAtOf(principal);
    if (principal.id !== null && issuedAt > now)
      this.ahead.add(userKey(principal.id, principal.issuer), issuedAt, now);
  }

  private async revoke(key: string, before: number, expiresAt: number | undefined): Promise<number> {
    const forgetAt = this.forgetAt(expiresAt);
    this.here.revoke(key, before, this.clock.now() + HANDSHAKE_MS);
    const stored = this.store.revoke(key, before, forgetAt);
    // Whatever its credential says of when it was issued, by a clock that may be ahead: it is here already.
    const revoked = [...this.registry].filter(({ principal }) => keysOf(principal).includes(key));
    for (const connection of revoked) closeRevoked(connection);
    await stored;
    return revoked.length;
  }

  /** A token is taken until its `exp` and the skew. Rather remembered for good than forgotten for want of a unit. */
  private forgetAt(expiresAt: number | undefined): number | undefined {
    if (expiresAt === undefined || !(expiresAt >= FIRST_MILLISECONDS)) return undefined;
    return expiresAt + this.options.jwtClockSkewMs;
  }
}

/** Says why, and goes. @internal */
export function closeRevoked(connection: Connection): void {
  connection.close(CloseCode.FORBIDDEN, 'revoked');
}

function isVoid(principal: Principal, before: number | undefined): boolean {
  return before !== undefined && issuedAtOf(principal) <= before;
}

/** Epoch milliseconds. A credential that does not say when it was issued could be older than any revocation. */
function issuedAtOf({ claims }: Principal): number {
  const iat = claims['iat'];
  return typeof iat === 'number' && Number.isFinite(iat) ? iat * 1000 : 0;
}

function keysOf({ id, issuer, sessionId, claims }: Principal): string[] {
  const jti = claims['jti'];
  return [
    ...(id === null ? [] : [userKey(id, issuer)]),
    ...(sessionId === null ? [] : [sessionKey(sessionId)]),
    ...(typeof jti === 'string' ? [tokenKey(jti)] : []),
  ];
}

/** The length keeps issuer and id apart, whatever is in them. */
function userKey(id: string, issuer: string | null): string {
  return issuer === null ? `user:${id}` : `user@${issuer.length}:${issuer}:${id}`;
}

function sessionKey(sessionId: string): string {
  return `session:${sessionId}`;
}

function tokenKey(jti: string): string {
  return `token:${jti}`;
}
