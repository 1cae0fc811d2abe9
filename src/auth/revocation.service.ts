import { Injectable } from '@nestjs/common';
import { Clock } from '../connection/clock.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionRegistry } from '../connection/connection-registry.service.js';
import { closeWithGoodbye } from '../connection/goodbye.js';
import type { Principal } from '../connection/principal.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { MemoryRevocationStore, RevocationStore } from './revocation-store.js';

/**
 * Ends what a credential allows before it expires: open connections are closed with 4403 at once, later handshakes
 * with it are refused.
 *
 * @publicApi
 */
@Injectable()
export class RevocationService {
  /** What was revoked here, for the moment between verification and registration, in which nothing may wait. */
  private readonly here = new MemoryRevocationStore();

  constructor(
    private readonly store: RevocationStore,
    private readonly registry: ConnectionRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * Voids every credential of a user that was issued until now; one issued later is good.
   *
   * @param issuer who issued the user's credentials, null when they name nobody
   * @returns how many connections of this node were closed
   */
  revokeUser(id: string, issuer: string | null): Promise<number> {
    return this.revoke(userKey(id, issuer), this.clock.now());
  }

  /**
   * Voids every credential of a session (`sid`, else `jti`), whenever it was issued.
   *
   * @returns how many connections of this node were closed
   */
  revokeSession(sessionId: string): Promise<number> {
    return this.revoke(sessionKey(sessionId), Infinity);
  }

  /** Whether the credential that a principal came with has been revoked. */
  async isRevoked(principal: Principal): Promise<boolean> {
    return isVoid(principal, await this.store.revokedBefore(keysOf(principal)));
  }

  /** As {@link isRevoked}, but of what was revoked through this service alone. @internal */
  isRevokedHere(principal: Principal): boolean {
    return isVoid(principal, this.here.revokedBefore(keysOf(principal)));
  }

  private async revoke(key: string, before: number): Promise<number> {
    this.here.revoke(key, before);
    const stored = this.store.revoke(key, before);
    const affected = [...this.registry].filter(({ principal }) => keysOf(principal).includes(key));
    const revoked = affected.filter(({ principal }) => this.isRevokedHere(principal));
    for (const connection of revoked) closeRevoked(connection);
    await stored;
    return revoked.length;
  }
}

/** Says why, and goes. @internal */
export function closeRevoked(connection: Connection): void {
  closeWithGoodbye(connection, CloseCode.FORBIDDEN, 'revoked');
}

/** A credential that does not say when it was issued could be older than any revocation. */
function isVoid({ claims }: Principal, before: number | undefined): boolean {
  const iat = claims['iat'];
  return before !== undefined && (typeof iat === 'number' ? iat * 1000 : 0) <= before;
}

function keysOf({ id, issuer, sessionId }: Principal): string[] {
  return [
    ...(id === null ? [] : [userKey(id, issuer)]),
    ...(sessionId === null ? [] : [sessionKey(sessionId)]),
  ];
}

/** The length keeps issuer and id apart, whatever is in them. */
function userKey(id: string, issuer: string | null): string {
  return issuer === null ? `user:${id}` : `user@${issuer.length}:${issuer}:${id}`;
}

function sessionKey(sessionId: string): string {
  return `session:${sessionId}`;
}
