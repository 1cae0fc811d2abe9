import { BadRequestException, Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import {
  ConnectionRegistry,
  InjectSecurityOptions,
  type ResolvedOptions,
  RevocationService,
} from 'nestjs-ws-security';
import { BodyPipe } from '../http/body.pipe.js';
import { AdminGuard } from './admin.guard.js';
import { type AuthenticatedRequest, BearerGuard } from './bearer.guard.js';
import { RevokeDto } from './revoke.dto.js';

/** Signs a user or a session out, everywhere and at once. */
@Controller('auth')
export class RevokeController {
  constructor(
    private readonly revocations: RevocationService,
    private readonly connections: ConnectionRegistry,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  @UseGuards(BearerGuard, AdminGuard)
  @Post('revoke')
  @HttpCode(200)
  async revoke(
    @Body(BodyPipe)
    { userId, sessionId }: RevokeDto,
    @Req() { principal }: AuthenticatedRequest,
  ): Promise<{ closed: number }> {
    if (userId !== undefined && sessionId !== undefined)
      throw new BadRequestException(['userId or sessionId']);
    if (userId === undefined) return { closed: await this.revocations.revokeSession(sessionId as string) };
    const issuers = this.issuersOf(userId, principal.issuer);
    const closed = await Promise.all(issuers.map((issuer) => this.revocations.revokeUser(userId, issuer)));
    return { closed: closed.reduce((sum, count) => sum + count, 0) };
  }

  /** A user is one to an issuer: the configured ones, the administrator's, and those of the user's connections. */
  private issuersOf(userId: string, administratorsIssuer: string | null): (string | null)[] {
    const { jwtIssuer, oidcIssuer } = this.options;
    const connected = this.connections.ofUser(userId).map(({ principal }) => principal.issuer);
    return [...new Set([jwtIssuer ?? null, oidcIssuer ?? null, administratorsIssuer, ...connected])];
  }
}
