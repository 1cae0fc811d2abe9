import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';

export interface PlainApp {
  readonly app: INestApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an application as it is without this module: on the `WsAdapter` of `@nestjs/platform-ws`. */
export async function startPlainApp(metadata: ModuleMetadata): Promise<PlainApp> {
  @Module(metadata)
  class PlainModule {}

  const app = await NestFactory.create(PlainModule, { logger: false, forceCloseConnections: true });
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, url: `ws://127.0.0.1:${port}`, close: () => app.close() };
}
