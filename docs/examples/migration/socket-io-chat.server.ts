import type { Server as HttpServer } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  AuthFailures,
  InvalidCredentialError,
  type Principal,
  RevocationService,
  TokenVerifier,
  WsValidationPipe,
} from 'nestjs-ws-security';
import { Server, type Socket } from 'socket.io';
import { Chat, RoomDto, SayDto } from './chat.service.js';

/** Serves the clients that still speak Socket.IO, on the HTTP server of the application. */
@Injectable()
export class SocketIoChatServer implements OnModuleInit, BeforeApplicationShutdown {
  private readonly pipe = new WsValidationPipe();
  private io: Server | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly verifier: TokenVerifier,
    private readonly revocations: RevocationService,
    private readonly failures: AuthFailures,
    private readonly chat: Chat,
  ) {}

  onModuleInit(): void {
    const io = new Server(this.host.httpAdapter.getHttpServer() as HttpServer, {
      cors: { origin: 'https://app.example.com' },
      maxHttpBufferSize: 65_536,
    });
    io.use((socket, next) => void this.admit(socket, next));
    io.on('connection', (socket) => {
      this.on(socket, 'join', RoomDto, async ({ room }) => {
        await socket.join(room);
        return { joined: room };
      });
      this.on(socket, 'say', SayDto, (body) => this.chat.say(body, (socket.data as Principal).id));
    });
    this.chat.said.subscribe((message) => io.to(message.room).emit('said', message));
    this.io = io;
  }

  beforeApplicationShutdown(): void {
    this.io?.disconnectSockets(true);
    this.io?.engine.close();
  }

  private async admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
    const isKnown = await this.identify(socket).then(
      () => true,
      () => false,
    );
    next(isKnown ? undefined : new Error('unauthorized'));
  }

  private async identify(socket: Socket): Promise<void> {
    try {
      const principal = await this.verifier.verify(String(socket.handshake.auth['token']), 'bearer');
      if (await this.revocations.isRevoked(principal)) throw new InvalidCredentialError('revoked');
      socket.data = principal;
    } catch (error) {
      if (error instanceof InvalidCredentialError) await this.failures.count(socket.request, error);
      throw error;
    }
  }

  private on<T extends object>(
    socket: Socket,
    event: string,
    type: Type<T>,
    handle: (body: T) => Promise<object>,
  ): void {
    const listener = async (data: unknown, acknowledge: unknown): Promise<void> => {
      const answer = await this.answer(data, type, handle);
      if (typeof acknowledge === 'function') acknowledge(answer);
    };
    socket.on(event, (...args: [unknown, unknown]) => void listener(...args));
  }

  /** Validates the body by the same rules as the gateway, and never rejects. */
  private async answer<T>(
    data: unknown,
    metatype: Type<T>,
    handle: (body: T) => Promise<object>,
  ): Promise<object> {
    try {
      return await handle((await this.pipe.transform(data, { type: 'body', metatype })) as T);
    } catch {
      return { error: 'refused' };
    }
  }
}
