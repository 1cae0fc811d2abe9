import { MessageBody } from '@nestjs/websockets';
import { onEvent, SecureGateway, WsPublic } from 'nestjs-ws-security';
import type { PublicEvents } from '../../chat-events.js';
import { EchoDto } from './chat.dto.js';
import { EchoReply } from './chat.replies.js';

const On = onEvent<PublicEvents>();

@SecureGateway({ path: '/public', public: true })
export class PublicGateway {
  @WsPublic()
  @On('echo')
  echo(@MessageBody() { text }: EchoDto): EchoReply {
    return { text };
  }
}
