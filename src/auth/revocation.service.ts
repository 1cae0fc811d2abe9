import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counters } from '../counters/counters.js';
import { Clock } from '../time/clock.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionRegistry } from '../connection/connection-registry.js';
import { Faults } from '../faults/faults.js';
import { isThenable, unawaited } from '../time/maybe-promise.js';
import type { Principal } from '../connection/principal.js';
import { revocationKeysOf, sessionKey, tokenKey, userKey } from '../connection/revocation-keys.js';
import { Outages } from '../observability/outages.js';
import { SecurityEvents } from '../observability/security-events.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { IssuedAhead } from './issued-ahead.js';
import { targetOfRevocation } from './revocation-target.js';
import { MemoryRevocationStore, RevocationStore } from './revocation-store.js';

/** The longest possible duration of a handshake. */
const HANDSHAKE_MS = 86_400_000;
/** A smaller value is an `exp` in seconds, or a mistake: 1973 in milliseconds, 5138 in seconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/**
 * Revokes credentials before they expire: closes their open connections with 4403 at once, and refuses later
 * handshakes.
 *
 * @publicApi
 */
@Injectable()
export class RevocationService implements OnModuleInit {
  /**
   * A local copy of the revocations, for the check between verification and registration, which must be synchronous.
   */
  private readonly known: MemoryRevocationStore;
  private readonly ahead = new IssuedAhead();

  /** @internal */
  constructor(
    private readonly store: RevocationStore,
    private readonly registry: ConnectionRegistry,
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly events: SecurityEvents,
    private readonly outages: Outages,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly counters: Counters,
  ) {
    this.known = new MemoryRevocationStore(clock);
  }

  onModuleInit(): void {
    this.store.watch(
      (key, before) => this.onStoreRevoked(key, before),
      (key) => this.known.lift(key),
    );
  }

  /**
   * Revokes every credential of a user that was issued until now. This includes credentials that this node has
   * accepted although their issue time is in the future. Credentials issued later are valid.
   *
   * @param issuer the issuer of the user's credentials, null if they have no `iss`
   * @param expiresAt epoch milliseconds when the last credential issued until now expires. The revocation is kept
   * until then, but no longer than `WS_REVOCATION_MAX_MS`, which is also the default
   * @returns the number of connections closed on this node
   */
  revokeUser(id: string, issuer: string | null, expiresAt?: number): Promise<number> {
    const key = userKey(id, issuer);
    const now = this.clock.now();
    const before = this.ahead.latest(key, now);
    // If the issuer's clock was ahead at the issue, the expiry is ahead by the same amount.
    const until = expiresAt === undefined ? undefined : expiresAt + before - now;
    return this.revoke(key, before, until);
  }

  /**
   * Revokes every credential of a session (`sid`, else `jti`), regardless of its issue time.
   *
   * @param expiresAt epoch milliseconds when the session ends and its last credential has expired. The revocation is
   * kept until then, but no longer than `WS_REVOCATION_MAX_MS`, which is also the default
   * @returns the number of connections closed on this node
   */
  revokeSession(sessionId: string, expiresAt?: number): Promise<number> {
    return this.revoke(sessionKey(sessionId), Infinity, expiresAt);
  }

  /**
   * Revokes one token by its `jti`. Other tokens of its session stay valid.
   *
   * @param expiresAt epoch milliseconds when the token expires. The revocation is kept until then, but no longer than
   * `WS_REVOCATION_MAX_MS`, which is also the default
   * @returns the number of connections closed on this node
   */
  revokeToken(jti: string, expiresAt?: number): Promise<number> {
    return this.revoke(tokenKey(jti), Infinity, expiresAt);
  }

  /**
   * Removes a revocation on every node: revoked credentials that have not expired are valid again.
   *
   * @param key as returned by `RevocationStore.list()`
   */
  async lift(key: string): Promise<void> {
    this.known.lift(key);
    await this.outages.watch('RevocationStore', () => this.store.lift(key));
    this.events.emit({ type: 'revocation.lifted', target: targetOfRevocation(key) });
  }

  /**
   * Whether the credential of a principal has been revoked. If not, the credential counts as accepted: a later
   * revocation of the user covers it, even if its issuer's clock is ahead.
   *
   * @throws if the store cannot answer
   */
  async isRevoked(principal: Principal): Promise<boolean> {
    return this.isRevokedAnywhere(principal);
  }

  /** Like {@link isRevoked}, but synchronous if the store is. @internal */
  isRevokedAnywhere(principal: Principal): boolean | Promise<boolean> {
    // Before the store answers: a revocation in the meantime has to cover this credential too.
    this.accepted(principal);
    const before = this.outages.watch('RevocationStore', () =>
      this.store.revokedBefore(revocationKeysOf(principal)),
    );
    if (!isThenable(before)) return isVoid(principal, before);
    this.counters.stores.watch('revocations', before);
    return Promise.resolve(before).then((moment) => isVoid(principal, moment));
  }

  /** Like {@link isRevoked}, with the revocations that this node knows. @internal */
  isRevokedHere(principal: Principal): boolean {
    if (this.known.size === 0) return false;
    return isVoid(principal, this.known.revokedBefore(revocationKeysOf(principal)));
  }

  /** Notes an accepted credential, so that a later revocation of its user covers it. @internal */
  accepted(principal: Principal): void {
    const now = this.clock.now();
    const issuedAt = issuedAtOf(principal);
    if (principal.id !== null && issuedAt > now)
      this.ahead.add(userKey(principal.id, principal.issuer), issuedAt, now);
  }

  private async revoke(key: string, before: number, expiresAt: number | undefined): Promise<number> {
    // All connections are older than this call, whatever issue time their credentials claim.
    const closed = this.apply(key, before, Infinity);
    const forgetAt = this.forgetAt(expiresAt);
    const event = {
      type: 'revocation.set',
      target: targetOfRevocation(key),
      until: new Date(forgetAt).toISOString(),
      counts: { connections: closed },
    } as const;
    try {
      await this.outages.watch('RevocationStore', () => this.store.revoke(key, before, forgetAt));
    } catch (error) {
      this.events.emit({ ...event, outcome: 'failure' });
      throw error;
    }
    this.events.emit(event);
    return closed;
  }

  /** The store reports a revocation from any node, including this one. */
  private onStoreRevoked(key: string, before: number): void {
    const known = this.known.revokedBefore([key]);
    if (known !== undefined && known >= before) return;
    // A token that was accepted while its issuer's clock was ahead is older than its `iat`.
    const reach = this.ahead.latest(key, before);
    this.apply(key, reach, reach);
    if (reach > before) this.extend(key, reach);
  }

  /** Tells the nodes that have not accepted that token. The revocation keeps its own retention if that is longer. */
  private extend(key: string, reach: number): void {
    unawaited(
      () => this.store.revoke(key, reach, this.clock.now() + HANDSHAKE_MS),
      (error) => this.faults.report('A revocation could not be extended', error),
    );
  }

  /**
   * @param before credentials issued at or before this time are revoked
   * @param reach connections with credentials issued at or before this time are closed
   * @returns the number of closed connections
   */
  private apply(key: string, before: number, reach: number): number {
    this.known.revoke(key, before, this.clock.now() + HANDSHAKE_MS);
    const revoked = this.registry.withRevocationKey(key).filter(({ principal }) => isVoid(principal, reach));
    for (const connection of revoked) closeRevoked(connection);
    return revoked.length;
  }

  /** A token is accepted until `exp` + skew. A value that looks like seconds is ignored. */
  private forgetAt(expiresAt: number | undefined): number {
    const latest = this.clock.now() + this.options.revocationMaxMs;
    if (expiresAt === undefined || !(expiresAt >= FIRST_MILLISECONDS)) return latest;
    return Math.min(expiresAt + this.options.jwtClockSkewMs, latest);
  }
}

/** Sends the reason to the client and closes the connection. @internal */
export function closeRevoked(connection: Connection): void {
  connection.close(CloseCode.FORBIDDEN, 'revoked');
}

function isVoid(principal: Principal, before: number | undefined): boolean {
  return before !== undefined && issuedAtOf(principal) <= before;
}

/** Epoch milliseconds. A credential without `iat` could be older than any revocation. */
function issuedAtOf({ claims }: Principal): number {
  const iat = claims['iat'];
  return typeof iat === 'number' && Number.isFinite(iat) ? iat * 1000 : 0;
}
