import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { INestApplication, Provider } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { WsSecurityModule, type WsSecurityOptions } from 'nestjs-ws-security';
import { Clock } from '../../src/connection/clock.js';
import type { ManualClock } from './manual-clock.js';
import { SECRET } from './tokens.js';

export interface AppOptions {
  gateways: Provider[];
  providers?: Provider[];
  options?: WsSecurityOptions;
  clock?: ManualClock;
  /** A free one when left out. */
  port?: number;
  platform?: 'express' | 'fastify';
  tls?: { cert: string; key: string };
  beforeInit?: (app: INestApplication) => void;
}

export interface RunningApp {
  app: INestApplication;
  port: number;
  /** `ws://…` or `wss://…`, without a path. */
  url: string;
  close(): Promise<void>;
}

/** A Nest application with the module and the given gateways, listening on a free port of the loopback. */
export async function startApp(config: AppOptions): Promise<RunningApp> {
  const builder = Test.createTestingModule({
    imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, ...config.options })],
    providers: [...config.gateways, ...(config.providers ?? [])],
  });
  if (config.clock) builder.overrideProvider(Clock).useValue(config.clock);
  const module = await builder.compile();
  const nestOptions = {
    logger: false as const,
    forceCloseConnections: true,
    ...(config.tls && { httpsOptions: config.tls }),
  };
  const app =
    config.platform === 'fastify'
      ? module.createNestApplication(new FastifyAdapter(config.tls && { https: config.tls }), nestOptions)
      : module.createNestApplication(nestOptions);
  config.beforeInit?.(app);
  await app.listen(config.port ?? 0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, port, url: `${config.tls ? 'wss' : 'ws'}://127.0.0.1:${port}`, close: () => app.close() };
}
