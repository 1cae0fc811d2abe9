import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CanActivate,
  type ExecutionContext,
  HttpException,
  Injectable,
  Logger,
  ServiceUnavailableException,
} from '@nestjs/common';
import {
  AuthFailures,
  InvalidCredentialError,
  MAX_TOKEN_BYTES,
  type Principal,
  RevocationService,
  TokenVerifier,
} from 'nestjs-ws-security';

const BEARER = /^bearer +(\S+)$/i;

export type AuthenticatedRequest = IncomingMessage & { principal: Principal };

/** Authenticates HTTP requests with the tokens that the gateways accept, and counts wrong ones together with theirs. */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly logger = new Logger(BearerGuard.name);

  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
    private readonly failures: AuthFailures,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const response = http.getResponse<ServerResponse>();
    const { authorization } = request.headers;
    // RFC 6750 §3.1: without a credential, the challenge contains no error.
    if (authorization === undefined) throw refusal(response, 401, { 'WWW-Authenticate': 'Bearer' });
    try {
      request.principal = await this.principalOf(BEARER.exec(authorization)?.[1] ?? '');
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialError) {
        const { status, headers } = await this.failures.count(request, error);
        throw refusal(response, status, headers);
      }
      // The token could not be verified, so it is unknown whether it is valid.
      this.logger.error(error);
      throw new ServiceUnavailableException(undefined, { cause: error });
    }
  }

  private async principalOf(token: string): Promise<Principal> {
    if (token === '') throw new InvalidCredentialError('the token is empty', { check: 'malformed' });
    if (token.length > MAX_TOKEN_BYTES)
      throw new InvalidCredentialError('the token is too long', { check: 'too-long' });
    const principal = await this.verifier.verify(token, 'bearer');
    if (await this.revocations.isRevoked(principal))
      throw new InvalidCredentialError('revoked', { check: 'revoked' });
    return principal;
  }
}

function refusal(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): HttpException {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  return new HttpException({}, status);
}
