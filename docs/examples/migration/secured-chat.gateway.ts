import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { type Connection, ConnectionRegistry, CurrentConnection, SecureGateway } from 'nestjs-ws-security';
import { Chat, type ChatMessage, RoomDto, SayDto } from './chat.service.js';

@SecureGateway({ path: '/chat' })
export class SecuredChatGateway {
  constructor(
    private readonly chat: Chat,
    private readonly connections: ConnectionRegistry,
  ) {}

  @SubscribeMessage('join')
  async join(
    @MessageBody() { room }: RoomDto,
    @CurrentConnection() connection: Connection,
  ): Promise<{ joined: string }> {
    await this.connections.join(connection, room);
    return { joined: room };
  }

  @SubscribeMessage('say')
  say(@MessageBody() body: SayDto, @CurrentConnection() connection: Connection): Promise<ChatMessage> {
    return this.chat.say(body, connection.principal.id, connection);
  }
}
