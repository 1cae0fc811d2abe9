import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { AuthFailures, InvalidCredentialError, TokenVerifier } from 'nestjs-ws-security';

/** Lets HTTP requests with a good token through. Wrong ones count with those of handshakes. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly failures: AuthFailures,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new HttpException('Unauthorized', 401);
    try {
      await this.verifier.verify(token, 'bearer');
      return true;
    } catch (error) {
      if (!(error instanceof InvalidCredentialError)) throw error;
      const { status, headers } = await this.failures.count(request, error);
      for (const [name, value] of Object.entries(headers))
        http.getResponse<ServerResponse>().setHeader(name, value);
      throw new HttpException(status === 401 ? 'Unauthorized' : 'Please wait', status);
    }
  }
}
