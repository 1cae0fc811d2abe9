import {
  Body,
  Controller,
  Header,
  HttpCode,
  NotFoundException,
  Post,
  UnauthorizedException,
} from '@nestjs/common';
import { BodyPipe } from '../http/body.pipe.js';
import { isProduction } from '../service-config.js';
import { DEMO_USERS } from './demo-users.js';
import { LoginDto } from './login.dto.js';
import { TokenService } from './token.service.js';

const DEFAULT_EXPIRY_SECONDS = 3600;

/** Signs in demo users without a password. Disabled in production. */
@Controller('auth')
export class AuthController {
  constructor(private readonly tokens: TokenService) {}

  @Post('login')
  @HttpCode(200)
  // RFC 6749 §5.1: responses with tokens must not be cached.
  @Header('Cache-Control', 'no-store')
  login(@Body(BodyPipe) body: LoginDto): {
    accessToken: string;
    expiresIn: number;
  } {
    if (isProduction || !this.tokens.canSign) throw new NotFoundException();
    const user = DEMO_USERS.get(body.username);
    if (!user) throw new UnauthorizedException();
    const expiresIn = body.expiresInSeconds ?? DEFAULT_EXPIRY_SECONDS;
    return { accessToken: this.tokens.sign(body.username, user, expiresIn), expiresIn };
  }
}
