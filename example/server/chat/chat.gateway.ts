import { setTimeout as delay } from 'node:timers/promises';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsRoles,
  WsScopes,
} from 'nestjs-ws-security';
import { CurrentNode } from './current-node.js';
import { EchoDto, JoinDto, KickDto, SendDto, SlowDto } from './chat.dto.js';

@SecureGateway({ path: '/ws' })
export class ChatGateway {
  constructor(
    private readonly connections: ConnectionRegistry,
    private readonly current: CurrentNode,
  ) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles, scopes }: Principal): Pick<Principal, 'id' | 'roles' | 'scopes'> {
    return { id, roles, scopes };
  }

  /** Which of several nodes this is; null if there is only one. */
  @SubscribeMessage('node')
  node(): { name: string | null } {
    return { name: this.current.name };
  }

  @SubscribeMessage('chat.join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @WsScopes('chat:write')
  @SubscribeMessage('chat.send')
  send(@MessageBody() { room, text }: SendDto, @CurrentConnection() connection: Connection): Promise<void> {
    const message = { room, from: connection.principal.id, text, at: Date.now() };
    return this.connections.sendToRoom(room, 'chat.message', message, connection);
  }

  @WsRoles('admin')
  @SubscribeMessage('admin.kick')
  async kick(@MessageBody() { userId }: KickDto): Promise<{ kicked: number }> {
    return { kicked: await this.connections.kick(userId) };
  }

  @SubscribeMessage('slow')
  async slow(@MessageBody() { ms }: SlowDto): Promise<{ ms: number }> {
    await delay(ms);
    return { ms };
  }
}
