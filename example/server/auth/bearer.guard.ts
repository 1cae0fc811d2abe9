import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  Logger,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { InvalidCredentialError, type Principal, RevocationService, TokenVerifier } from 'nestjs-ws-security';

const BEARER = /^bearer +(\S+)$/i;

export type AuthenticatedRequest = IncomingMessage & { principal: Principal };

/** Authenticates HTTP requests by the same tokens that the gateways verify. */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly logger = new Logger(BearerGuard.name);

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const { authorization } = request.headers;
    const principal = await this.principalOf(BEARER.exec(authorization ?? '')?.[1]);
    if (!principal) {
      // RFC 6750 §3.1: whoever sent nothing learns only what is expected.
      const challenge = authorization === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
      http.getResponse<ServerResponse>().setHeader('WWW-Authenticate', challenge);
      throw new UnauthorizedException();
    }
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
      // Whether the token is good cannot be told.
      this.logger.error(error);
      throw new ServiceUnavailableException(undefined, { cause: error });
    }
  }
}
