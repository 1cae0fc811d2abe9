import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { SecureGateway, WsRoles } from 'nestjs-ws-security';
import { SCARCE } from './measured.js';

class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

/** Roles, validated bodies and limits on every message. The rest is the module's default. */
@WsRoles('user')
@SecureGateway({ path: '/ws' })
export class EchoGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @Throttle({ default: SCARCE })
  @SubscribeMessage('scarce')
  scarce(): { left: boolean } {
    return { left: true };
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): { secret: boolean } {
    return { secret: true };
  }
}
