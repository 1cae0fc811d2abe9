import { setTimeout as delay } from 'node:timers/promises';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  CloseCode,
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsRoles,
  WsScopes,
} from 'nestjs-ws-security';
import { ChatRooms } from './chat-rooms.js';
import { EchoDto, JoinDto, KickDto, SendDto, SlowDto } from './chat.dto.js';

@SecureGateway({ path: '/ws' })
export class ChatGateway {
  constructor(
    private readonly rooms: ChatRooms,
    private readonly connections: ConnectionRegistry,
  ) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles, scopes }: Principal): Pick<Principal, 'id' | 'roles' | 'scopes'> {
    return { id, roles, scopes };
  }

  @SubscribeMessage('chat.join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): void {
    this.rooms.join(room, connection);
  }

  @WsScopes('chat:write')
  @SubscribeMessage('chat.send')
  send(@MessageBody() { room, text }: SendDto, @CurrentPrincipal() { id }: Principal): void {
    this.rooms.send(room, 'chat.message', { room, from: id, text, at: Date.now() });
  }

  @WsRoles('admin')
  @SubscribeMessage('admin.kick')
  kick(@MessageBody() { userId }: KickDto): { kicked: number } {
    const connections = this.connections.ofUser(userId);
    for (const connection of connections) connection.close(CloseCode.FORBIDDEN, 'kicked');
    return { kicked: connections.length };
  }

  @SubscribeMessage('slow')
  async slow(@MessageBody() { ms }: SlowDto): Promise<{ ms: number }> {
    await delay(ms);
    return { ms };
  }
}
