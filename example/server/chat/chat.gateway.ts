import { setTimeout as delay } from 'node:timers/promises';
import { MessageBody } from '@nestjs/websockets';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  onEvent,
  type Principal,
  SecureGateway,
  WsPush,
  WsReply,
  WsRoles,
  WsScopes,
} from 'nestjs-ws-security';
import type { ChatEvents } from '../../chat-events.js';
import { CurrentNode } from './current-node.js';
import { EchoDto, JoinDto, KickDto, SendDto, SlowDto } from './chat.dto.js';
import { ChatMessage, EchoReply, KickReply, NodeReply, SlowReply, WhoamiReply } from './chat.replies.js';

/** Does not compile on a handler that differs from what the page expects. */
const On = onEvent<ChatEvents>();

@SecureGateway({ path: '/ws' })
export class ChatGateway {
  constructor(
    private readonly connections: ConnectionRegistry,
    private readonly current: CurrentNode,
  ) {}

  @On('echo')
  echo(@MessageBody() { text }: EchoDto): EchoReply {
    return { text };
  }

  @On('whoami')
  whoami(@CurrentPrincipal() { id, roles, scopes }: Principal): WhoamiReply {
    return { id, roles, scopes };
  }

  /** Which of several nodes this is; null if there is only one. */
  @On('node')
  node(): NodeReply {
    return { name: this.current.name };
  }

  @WsReply(null)
  @On('chat.join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @WsReply(null)
  @WsPush('chat.message', ChatMessage)
  @WsScopes('chat:write')
  @On('chat.send')
  send(@MessageBody() { room, text }: SendDto, @CurrentConnection() connection: Connection): Promise<void> {
    // Only authenticated principals have scopes.
    const from = connection.principal.id as string;
    const message: ChatMessage = { room, from, text, at: Date.now() };
    return this.connections.typed<ChatEvents>().sendToRoom(room, 'chat.message', message, connection);
  }

  @WsReply(KickReply)
  @WsRoles('admin')
  @On('admin.kick')
  async kick(@MessageBody() { userId }: KickDto): Promise<KickReply> {
    return { kicked: await this.connections.kick(userId) };
  }

  @WsReply(SlowReply)
  @On('slow')
  async slow(@MessageBody() { ms }: SlowDto): Promise<SlowReply> {
    await delay(ms);
    return { ms };
  }
}
