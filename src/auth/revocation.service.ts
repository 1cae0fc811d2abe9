import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionRegistry } from '../connection/connection-registry.service.js';
import { isThenable } from '../time/maybe-promise.js';
import type { Principal } from '../connection/principal.js';
import { revocationKeysOf, sessionKey, tokenKey, userKey } from '../connection/revocation-keys.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { IssuedAhead } from './issued-ahead.js';
import { MemoryRevocationStore, RevocationStore } from './revocation-store.js';

/** The longest that a handshake can take. */
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
export class RevocationService implements OnModuleInit {
  /** The revocations this node knows of, for the moment between verification and registration, in which nothing may wait. */
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

  onModuleInit(): void {
    this.store.watch(
      (key, before) => this.heard(key, before),
      (key) => this.here.lift(key),
    );
  }

  /**
   * Voids every credential of a user that was issued until now, or accepted until now on this node although its issuer's
   * clock is ahead; one issued later is good.
   *
   * @param issuer who issued the user's credentials, null when they name nobody
   * @param expiresAt epoch milliseconds at which the last credential issued until now expires: the revocation is
   * remembered until then. It is remembered for `WS_REVOCATION_MAX_MS` when left out, and never longer
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
   * more: the revocation is remembered until then. It is remembered for `WS_REVOCATION_MAX_MS` when left out, and never
   * longer
   * @returns how many connections of this node were closed
   */
  revokeSession(sessionId: string, expiresAt?: number): Promise<number> {
    return this.revoke(sessionKey(sessionId), Infinity, expiresAt);
  }

  /**
   * Voids one token, by its `jti`; others of its session are good.
   *
   * @param expiresAt epoch milliseconds at which the token expires: the revocation is remembered until then. It is
   * remembered for `WS_REVOCATION_MAX_MS` when left out, and never longer
   * @returns how many connections of this node were closed
   */
  revokeToken(jti: string, expiresAt?: number): Promise<number> {
    return this.revoke(tokenKey(jti), Infinity, expiresAt);
  }

  /**
   * Takes a revocation back, on every node: credentials that it voided and that have not expired are good again.
   *
   * @param key as `RevocationStore.list()` tells it
   */
  async lift(key: string): Promise<void> {
    this.here.lift(key);
    await this.store.lift(key);
  }

  /**
   * Whether the credential that a principal came with has been revoked. One that has not counts as accepted: a later
   * revocation of the user reaches it, also when its issuer's clock is ahead.
   *
   * @throws when the store cannot tell
   */
  async isRevoked(principal: Principal): Promise<boolean> {
    return this.isRevokedAnywhere(principal);
  }

  /** As {@link isRevoked}, at once where the store knows at once. @internal */
  isRevokedAnywhere(principal: Principal): boolean | Promise<boolean> {
    // Before the answer: a revocation while the store is asked has to reach it as well.
    this.accepted(principal);
    const before = this.store.revokedBefore(revocationKeysOf(principal));
    if (!isThenable(before)) return isVoid(principal, before);
    return Promise.resolve(before).then((moment) => isVoid(principal, moment));
  }

  /** As {@link isRevoked}, as far as this node knows. @internal */
  isRevokedHere(principal: Principal): boolean {
    if (this.here.size === 0) return false;
    return isVoid(principal, this.here.revokedBefore(revocationKeysOf(principal)));
  }

  /** Notes that a credential is accepted, so that a later revocation of its user reaches it. @internal */
  accepted(principal: Principal): void {
    const now = this.clock.now();
    const issuedAt = issuedAtOf(principal);
    if (principal.id !== null && issuedAt > now)
      this.ahead.add(userKey(principal.id, principal.issuer), issuedAt, now);
  }

  private async revoke(key: string, before: number, expiresAt: number | undefined): Promise<number> {
    // Every connection is older than this call, whatever its credential says of when it was issued.
    const closed = this.apply(key, before, Infinity);
    await this.store.revoke(key, before, this.forgetAt(expiresAt));
    return closed;
  }

  /** A revocation comes from the store: from any node, or as an echo of one from here. */
  private heard(key: string, before: number): void {
    const known = this.here.revokedBefore([key]);
    if (known !== undefined && known >= before) return;
    // A token that was accepted here while its issuer's clock is ahead is older than it says.
    const reach = this.ahead.latest(key, before);
    this.apply(key, reach, reach);
  }

  /**
   * @param before what was issued then or earlier is void from now on
   * @param reach open connections whose credential was issued then or earlier are closed
   * @returns how many
   */
  private apply(key: string, before: number, reach: number): number {
    this.here.revoke(key, before, this.clock.now() + HANDSHAKE_MS);
    const revoked = this.registry.withRevocationKey(key).filter(({ principal }) => isVoid(principal, reach));
    for (const connection of revoked) closeRevoked(connection);
    return revoked.length;
  }

  /** A token is accepted until its `exp` and the skew. An end that looks like seconds is not believed. */
  private forgetAt(expiresAt: number | undefined): number {
    const latest = this.clock.now() + this.options.revocationMaxMs;
    if (expiresAt === undefined || !(expiresAt >= FIRST_MILLISECONDS)) return latest;
    return Math.min(expiresAt + this.options.jwtClockSkewMs, latest);
  }
}

/** Tells the client why, and closes. @internal */
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
