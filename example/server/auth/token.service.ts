import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectSecurityOptions, type ResolvedOptions } from 'nestjs-ws-security';
import type { DemoUser } from './demo-users.js';

/** Signs the tokens that the gateways verify. */
@Injectable()
export class TokenService {
  constructor(
    private readonly jwt: JwtService,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  /** Whether this service has the secret to sign tokens. */
  get canSign(): boolean {
    return this.options.jwtSecret !== undefined;
  }

  /** @param expiresIn lifetime in seconds */
  sign(username: string, user: DemoUser, expiresIn: number): string {
    const { jwtSecret, jwtIssuer, jwtAudience, jwtAudienceClaim, jwtAlgorithms, jwtType } = this.options;
    const algorithm = (jwtAlgorithms?.[0] ?? 'HS256') as 'HS256';
    return this.jwt.sign(
      // Milliseconds (RFC 7519 §2 allows fractions), so that a revocation distinguishes tokens of the same second.
      {
        roles: user.roles,
        scope: user.scope,
        iat: Date.now() / 1000,
        ...(jwtAudience && { [jwtAudienceClaim]: jwtAudience[0] }),
      },
      {
        algorithm,
        header: { alg: algorithm, typ: jwtType ?? 'JWT' },
        subject: username,
        jwtid: randomUUID(),
        expiresIn,
        ...(jwtSecret !== undefined && { secret: jwtSecret }),
        ...(jwtIssuer?.[0] !== undefined && { issuer: jwtIssuer[0] }),
      },
    );
  }
}
