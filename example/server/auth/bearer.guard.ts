import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { InvalidCredentialError, type Principal, RevocationService, TokenVerifier } from 'nestjs-ws-security';

const BEARER = /^bearer +(\S+)$/i;

export type AuthenticatedRequest = IncomingMessage & { principal: Principal };

/** Authenticates HTTP requests by the same tokens that the gateways verify. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.principalOf(BEARER.exec(request.headers.authorization ?? '')?.[1]);
    if (!principal) throw new UnauthorizedException();
    request.principal = principal;
    return true;
  }

  private async principalOf(token: string | undefined): Promise<Principal | undefined> {
    if (token === undefined) return undefined;
    try {
      const principal = await this.verifier.verify(token, 'bearer');
      return (await this.revocations.isRevoked(principal)) ? undefined : principal;
    } catch (error) {
      if (error instanceof InvalidCredentialError) return undefined;
      throw error;
    }
  }
}
