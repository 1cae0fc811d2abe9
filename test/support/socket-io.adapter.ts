import type { Server as HttpServer } from 'node:http';
import type { WsMessageHandler } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { Server, type ServerOptions, type Socket } from 'socket.io';

interface Answer {
  event?: unknown;
  data?: unknown;
}

/**
 * Serves gateways over Socket.IO on the port of the application. `@nestjs/platform-socket.io` does the same, but is no
 * dependency of the tests.
 */
export class SocketIoAdapter extends AbstractWsAdapter {
  override create(_port: number, options: Partial<ServerOptions>): Server {
    return new Server(this.httpServer as HttpServer, options);
  }

  override bindMessageHandlers(
    socket: Socket,
    handlers: WsMessageHandler[],
    transform: (result: unknown) => Observable<Answer | null | undefined>,
  ): void {
    for (const { message, callback } of handlers)
      socket.on(message, (data: unknown, acknowledge?: (answer: Answer) => void) => {
        transform(callback(data, acknowledge)).subscribe((answer) => {
          if (typeof answer?.event === 'string') socket.emit(answer.event, answer.data);
          else if (answer) acknowledge?.(answer);
        });
      });
  }

  override async close(server: Server): Promise<void> {
    server.disconnectSockets(true);
    server.engine.close();
  }
}
