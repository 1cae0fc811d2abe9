import type { IncomingMessage } from 'node:http';
import { JwtService } from '@nestjs/jwt';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import type { WebSocket, WebSocketServer as Server } from 'ws';

interface User {
  sub: string;
  roles?: string[];
}

interface Client extends WebSocket {
  user?: User;
}

@WebSocketGateway({ path: '/notes' })
export class BareNotesGateway implements OnGatewayConnection {
  @WebSocketServer() private readonly server!: Server;

  constructor(private readonly jwt: JwtService) {}

  handleConnection(client: Client, request: IncomingMessage): void {
    const token = new URL(request.url ?? '/', 'ws://localhost').searchParams.get('token');
    try {
      client.user = this.jwt.verify<User>(token ?? '');
    } catch {
      client.close(4401, 'unauthorized');
    }
  }

  @SubscribeMessage('note.add')
  add(@ConnectedSocket() { user }: Client, @MessageBody() body: { text?: unknown } | null): WsResponse {
    if (!user) throw new WsException('unauthorized');
    const text = body?.text;
    if (typeof text !== 'string' || text.length > 200) throw new WsException('text is wrong');
    const note = { text, by: user.sub };
    for (const client of this.server.clients)
      client.send(JSON.stringify({ event: 'note.added', data: note }));
    return { event: 'note.saved', data: note };
  }

  @SubscribeMessage('note.clear')
  clear(@ConnectedSocket() { user }: Client): WsResponse {
    if (!user?.roles?.includes('editor')) throw new WsException('forbidden');
    return { event: 'note.cleared', data: null };
  }
}
