import { type CanActivate, type ExecutionContext, Injectable, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { SecureGateway, WsRoles, WsSecurityModule } from 'nestjs-ws-security';
import { TEST_SECRET } from 'nestjs-ws-security/testing';

export class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

/** What Nest itself has done, which differs between its versions. */
export const seen = { globalGuard: 0, closeCode: undefined as unknown };

/** Ends the wait of `EchoGateway.slow()`. */
export let release: () => void;
const released = new Promise<void>((resolve) => (release = resolve));

@Injectable()
class CountingGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'ws') seen.globalGuard += 1;
    return true;
  }
}

@SecureGateway({ path: '/ws' })
export class EchoGateway {
  handleDisconnect(_client: object, code?: unknown): void {
    seen.closeCode = code;
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): { secret: true } {
    return { secret: true };
  }

  @Throttle({ default: { limit: 2, ttl: 60_000 } })
  @SubscribeMessage('scarce')
  scarce(): { left: true } {
    return { left: true };
  }

  @SubscribeMessage('slow')
  async slow(): Promise<{ late: true }> {
    await released;
    return { late: true };
  }
}

@Module({
  imports: [WsSecurityModule.forRoot({ jwtSecret: TEST_SECRET, resume: true, logSecurityEvents: false })],
  providers: [EchoGateway, { provide: APP_GUARD, useClass: CountingGuard }],
})
export class AppModule {}
