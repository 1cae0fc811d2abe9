import {
  BadRequestException,
  Body,
  Controller,
  HttpCode,
  Post,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { InjectSecurityOptions, type ResolvedOptions, RevocationService } from 'nestjs-ws-security';
import { AdminGuard } from './admin.guard.js';
import { BearerGuard } from './bearer.guard.js';
import { RevokeDto } from './revoke.dto.js';

/** Signs a user or a session out, everywhere and at once. */
@Controller('auth')
export class RevokeController {
  constructor(
    private readonly revocations: RevocationService,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
  ) {}

  @UseGuards(BearerGuard, AdminGuard)
  @Post('revoke')
  @HttpCode(200)
  async revoke(
    @Body(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }))
    { userId, sessionId }: RevokeDto,
  ): Promise<{ closed: number }> {
    if (userId !== undefined && sessionId !== undefined) throw new BadRequestException('userId or sessionId');
    const closed =
      userId === undefined
        ? await this.revocations.revokeSession(sessionId as string)
        : await this.revocations.revokeUser(
            userId,
            this.options.jwtIssuer ?? this.options.oidcIssuer ?? null,
          );
    return { closed };
  }
}
