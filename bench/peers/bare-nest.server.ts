import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';
import { measured } from '../servers/measured.js';
import { serverKeys } from '../servers/tls.js';

interface Echo {
  text: string;
}

/** A gateway as on the first page of Nest's documentation, without any protection. */
@WebSocketGateway({ path: '/ws' })
class EchoGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() body: unknown): WsResponse<Echo> {
    return { event: 'echo', data: { text: (body as Echo).text } };
  }

  @SubscribeMessage('scarce')
  scarce(): WsResponse<{ left: boolean }> {
    return { event: 'scarce', data: { left: true } };
  }
}

@Module({ providers: [EchoGateway] })
class BareModule {}

const httpsOptions = serverKeys();
const app = await NestFactory.create(BareModule, {
  logger: ['error', 'fatal'],
  ...(httpsOptions && { httpsOptions }),
});
app.useWebSocketAdapter(new WsAdapter(app));
await app.init();
measured(app.getHttpServer() as Server);
