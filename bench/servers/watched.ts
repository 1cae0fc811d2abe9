import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsSecurityModule } from 'nestjs-ws-security';
import { BearerOperatorGuard, WsAdminModule } from 'nestjs-ws-security/admin';
import { WsMetricsModule } from 'nestjs-ws-security/metrics';
import { countNothing } from './count-nothing.js';
import { EchoGateway } from './echo.gateway.js';
import { measured } from './measured.js';

/** Whether operators can see and act: metrics, lines of events and the operator's API. Otherwise nothing is counted. */
const isWatched = process.env['BENCH_WATCHED'] === 'true';

const FOR_OPERATORS = [WsMetricsModule.forRoot(), WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })];

@Module({
  imports: [WsSecurityModule.forRoot({ logSecurityEvents: isWatched }), ...(isWatched ? FOR_OPERATORS : [])],
  providers: [EchoGateway],
})
class WatchedModule {}

async function serve(): Promise<void> {
  if (!isWatched) await countNothing();
  const app = await NestFactory.create(WatchedModule, { logger: ['error', 'fatal'] });
  await app.init();
  measured(app.getHttpServer() as Server);
}

void serve();
