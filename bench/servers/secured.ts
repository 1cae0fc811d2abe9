import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectionRegistry, tlsOptionsFromEnv, WsSecurityModule } from 'nestjs-ws-security';
import { EchoGateway } from './echo.gateway.js';
import { measured } from './measured.js';
import { serverKeys, sharedTicketKeys } from './tls.js';

@Module({ imports: [WsSecurityModule.forRoot()], providers: [EchoGateway] })
class SecuredModule {}

async function serve(): Promise<void> {
  const app = await NestFactory.create(SecuredModule, {
    logger: ['error', 'fatal'],
    ...(serverKeys() && { httpsOptions: { ...tlsOptionsFromEnv(), ...sharedTicketKeys() } }),
  });
  await app.init();
  const connections = app.get(ConnectionRegistry);
  measured(app.getHttpServer() as Server, (event, data) => void connections.broadcast(event, data), {
    drain(): void {
      void app.close();
    },
  });
}

void serve();
