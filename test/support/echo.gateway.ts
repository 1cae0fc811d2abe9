import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { SecureGateway, WsPublic } from 'nestjs-ws-security';

export class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

/** Counts what reaches it. */
@SecureGateway({ path: '/ws' })
export class EchoGateway {
  static calls = 0;
  static connections = 0;

  handleConnection(): void {
    EchoGateway.connections += 1;
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    EchoGateway.calls += 1;
    return { text };
  }
}

@SecureGateway({ path: '/public', public: true })
export class PublicGateway {
  @WsPublic()
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('members')
  members(): { secret: boolean } {
    return { secret: true };
  }
}
