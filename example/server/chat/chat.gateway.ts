import { setTimeout as delay } from 'node:timers/promises';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsPush,
  WsReply,
  WsRoles,
  WsScopes,
} from 'nestjs-ws-security';
import { CurrentNode } from './current-node.js';
import { EchoDto, JoinDto, KickDto, SendDto, SlowDto } from './chat.dto.js';
import { ChatMessage, EchoReply, KickReply, NodeReply, SlowReply, WhoamiReply } from './chat.replies.js';

@SecureGateway({ path: '/ws' })
export class ChatGateway {
  constructor(
    private readonly connections: ConnectionRegistry,
    private readonly current: CurrentNode,
  ) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): EchoReply {
    return { text };
  }

  @SubscribeMessage('whoami')
  whoami(@CurrentPrincipal() { id, roles, scopes }: Principal): WhoamiReply {
    return { id, roles, scopes };
  }

  /** Which of several nodes this is; null if there is only one. */
  @SubscribeMessage('node')
  node(): NodeReply {
    return { name: this.current.name };
  }

  @WsReply(null)
  @SubscribeMessage('chat.join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @WsReply(null)
  @WsPush('chat.message', ChatMessage)
  @WsScopes('chat:write')
  @SubscribeMessage('chat.send')
  send(@MessageBody() { room, text }: SendDto, @CurrentConnection() connection: Connection): Promise<void> {
    const message: ChatMessage = { room, from: connection.principal.id, text, at: Date.now() };
    return this.connections.sendToRoom(room, 'chat.message', message, connection);
  }

  @WsReply(KickReply)
  @WsRoles('admin')
  @SubscribeMessage('admin.kick')
  async kick(@MessageBody() { userId }: KickDto): Promise<KickReply> {
    return { kicked: await this.connections.kick(userId) };
  }

  @WsReply(SlowReply)
  @SubscribeMessage('slow')
  async slow(@MessageBody() { ms }: SlowDto): Promise<SlowReply> {
    await delay(ms);
    return { ms };
  }
}
