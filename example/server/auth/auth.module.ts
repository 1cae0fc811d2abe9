import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AuthController } from './auth.controller.js';
import { RevokeController } from './revoke.controller.js';
import { TicketController } from './ticket.controller.js';
import { TokenService } from './token.service.js';

@Module({
  imports: [JwtModule.register({})],
  controllers: [AuthController, RevokeController, TicketController],
  providers: [TokenService],
})
export class AuthModule {}
