import {
  BadRequestException,
  Body,
  Controller,
  HttpCode,
  HttpStatus,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
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

/** Revokes the tokens of a user or a session, and closes their connections. */
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
    @Res({ passthrough: true }) response: { status(code: number): unknown },
  ): Promise<{ closed: number } | { pending: true }> {
    if (userId !== undefined && sessionId !== undefined)
      throw new BadRequestException(['userId or sessionId']);
    try {
      if (userId === undefined) return { closed: await this.revocations.revokeSession(sessionId as string) };
      const issuers = this.issuersOf(userId, principal.issuer);
      const closed = await Promise.all(issuers.map((issuer) => this.revocations.revokeUser(userId, issuer)));
      return { closed: closed.reduce((sum, count) => sum + count, 0) };
    } catch (error) {
      if (!(error instanceof Error && error.name === 'RedisUnavailableError')) throw error;
      // It holds on this node, and on the others as soon as Redis is back.
      response.status(HttpStatus.ACCEPTED);
      return { pending: true };
    }
  }

  /**
   * User ids are unique per issuer, so the user is revoked for each known one: the configured issuers, that of the
   * administrator, and those of the connections of the user.
   */
  private issuersOf(userId: string, administratorsIssuer: string | null): (string | null)[] {
    const { jwtIssuer = [], oidcIssuer = [] } = this.options;
    // Tokens of a service without a configured issuer have none.
    const configured = [...jwtIssuer, ...oidcIssuer];
    const connected = this.connections.ofUser(userId).map(({ principal }) => principal.issuer);
    return [...new Set([null, ...configured, administratorsIssuer, ...connected])];
  }
}
