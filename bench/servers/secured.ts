import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import {
  ConnectionRegistry,
  SecureGateway,
  tlsOptionsFromEnv,
  WsRoles,
  WsSecurityModule,
} from 'nestjs-ws-security';
import { measured, SCARCE } from './measured.js';
import { serverKeys, sharedTicketKeys } from './tls.js';

class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

/** Roles, validated bodies and limits on every message. The rest is the module's default. */
@WsRoles('user')
@SecureGateway({ path: '/ws' })
class EchoGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @Throttle({ default: SCARCE })
  @SubscribeMessage('scarce')
  scarce(): { left: boolean } {
    return { left: true };
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): { secret: boolean } {
    return { secret: true };
  }
}

@Module({ imports: [WsSecurityModule.forRoot()], providers: [EchoGateway] })
class SecuredModule {}

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
