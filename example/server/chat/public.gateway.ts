import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { SecureGateway, WsPublic } from 'nestjs-ws-security';
import { EchoDto } from './chat.dto.js';
import { EchoReply } from './chat.replies.js';

@SecureGateway({ path: '/public', public: true })
export class PublicGateway {
  @WsPublic()
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): EchoReply {
    return { text };
  }
}
