import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { AuthFailures, InvalidCredentialError, RevocationService, TokenVerifier } from 'nestjs-ws-security';

/** Accepts HTTP requests with a valid token. Wrong tokens count together with those of handshakes. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
    private readonly failures: AuthFailures,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const response = http.getResponse<ServerResponse>();
    const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new HttpException('Unauthorized', 401);
    }
    try {
      const principal = await this.verifier.verify(token, 'bearer');
      if (await this.revocations.isRevoked(principal))
        throw new InvalidCredentialError('revoked', { check: 'revoked' });
      return true;
    } catch (error) {
      if (!(error instanceof InvalidCredentialError)) throw error;
      const { status, headers } = await this.failures.count(request, error);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      throw new HttpException(status === 401 ? 'Unauthorized' : 'Please wait', status);
    }
  }
}
