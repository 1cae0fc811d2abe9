import { JwtService } from '@nestjs/jwt';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';

interface User {
  sub: string;
}

@WebSocketGateway({ cors: { origin: 'https://app.example.com' } })
export class SocketIoChatGateway implements OnGatewayConnection {
  @WebSocketServer() private readonly io!: Server;

  constructor(private readonly jwt: JwtService) {}

  handleConnection(socket: Socket): void {
    try {
      socket.data = this.jwt.verify<User>(String(socket.handshake.auth['token']));
    } catch {
      socket.disconnect(true);
    }
  }

  /** The returned value is the acknowledgement. */
  @SubscribeMessage('join')
  async join(@ConnectedSocket() socket: Socket, @MessageBody() { room }: { room: string }): Promise<object> {
    await socket.join(room);
    return { joined: room };
  }

  @SubscribeMessage('say')
  say(
    @ConnectedSocket() socket: Socket,
    @MessageBody() { room, text }: { room: string; text: string },
  ): object {
    const message = { room, text, from: (socket.data as User).sub };
    this.io.to(room).emit('said', message);
    return message;
  }
}
