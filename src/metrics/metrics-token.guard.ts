import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { AuthFailures } from '../handshake/auth-failures.js';
import { TokenFile } from './token-file.js';

// RFC 6750 §2.1; RFC 9110 §11.1: the scheme is case-insensitive.
const BEARER = /^bearer +(\S+)$/i;

/** Requires the token of `WS_METRICS_TOKEN_FILE`, if there is one. Wrong ones count as those of handshakes do. */
@Injectable()
export class MetricsTokenGuard implements CanActivate {
  constructor(
    private readonly token: TokenFile,
    private readonly failures: AuthFailures,
    private readonly host: HttpAdapterHost,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.token.isSet) return true;
    const given = context.switchToHttp().getRequest<IncomingMessage & { raw?: IncomingMessage }>();
    const request = given.raw ?? given;
    const sent = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (sent !== undefined && (await this.token.accepts(sent))) return true;
    const { status, headers } =
      sent === undefined
        ? { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }
        : await this.count(request);
    const response = context.switchToHttp().getResponse<unknown>();
    for (const [name, value] of Object.entries(headers))
      this.host.httpAdapter.setHeader(response, name, value);
    throw new HttpException(status === 401 ? 'Unauthorized' : 'Too Many Requests', status);
  }

  private count(request: IncomingMessage) {
    return this.failures.count(request, new InvalidCredentialError('wrong token', { check: 'unknown-key' }));
  }
}
