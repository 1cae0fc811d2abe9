import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { RevocationService } from '../../auth/revocation.service.js';
import { checkSender } from '../../auth/sender-constraint.js';
import { MAX_TOKEN_BYTES, TokenVerifier } from '../../auth/token-verifier.js';
import type { Principal } from '../../connection/principal.js';
import { InvalidCredentialError } from '../../errors/invalid-credential.error.js';
import { AuthFailures } from '../../handshake/auth-failures.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { withDeadline } from '../../time/deadline.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { OperatorError } from '../http/operator.error.js';
import type { OperatorPrincipal } from './operator-principal.js';
import { OperatorGuard } from './operator.guard.js';

/** RFC 6750 §2.1. */
const BEARER = /^bearer +(\S+)$/i;

/**
 * Takes the tokens of the application: `Authorization: Bearer`, verified as in a handshake. Wrong tokens count as
 * failures of their address.
 *
 * @publicApi
 */
@Injectable()
export class BearerOperatorGuard extends OperatorGuard {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
    private readonly failures: AuthFailures,
    private readonly wheel: TimerWheel,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {
    super();
  }

  override async authenticate(request: IncomingMessage): Promise<OperatorPrincipal | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    try {
      const verified = this.principalOf(BEARER.exec(authorization)?.[1] ?? '');
      const principal = await withDeadline(this.wheel, this.options.authTimeoutMs, verified);
      return {
        id: principal.id as string,
        issuer: principal.issuer,
        scopes: principal.scopes,
        roles: principal.roles,
        expiresAt: principal.expiresAt,
        isStillValid: async () => !(await this.revocations.isRevoked(principal)),
      };
    } catch (error) {
      if (!(error instanceof InvalidCredentialError)) throw error;
      const { status, headers } = await this.failures.count(request, error);
      if (status === 401) throw new OperatorError('UNAUTHENTICATED', undefined, headers);
      throw new OperatorError(status === 429 ? 'RATE_LIMITED' : 'UNAVAILABLE', undefined, headers);
    }
  }

  private async principalOf(token: string): Promise<Principal> {
    if (token === '') throw new InvalidCredentialError('the token is empty', { check: 'malformed' });
    if (token.length > MAX_TOKEN_BYTES)
      throw new InvalidCredentialError('the token is too long', { check: 'too-long' });
    const principal = await this.verifier.verify(token, 'bearer');
    // A verifier of the application may return anything.
    if (typeof principal.id !== 'string' || principal.id === '')
      throw new InvalidCredentialError('the verifier returned a principal without an id', {
        check: 'subject',
      });
    // Requests prove no possession of a key, and a verifier of the application may not know of `cnf`.
    checkSender(principal, undefined);
    if (await this.revocations.isRevoked(principal))
      throw new InvalidCredentialError('revoked', { check: 'revoked' });
    return principal;
  }
}
