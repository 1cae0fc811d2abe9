import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { INestApplication, Provider, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { WsSecurityModule, type WsConnectGuard, type WsSecurityOptions } from 'nestjs-ws-security';
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
  connectGuards?: Type<WsConnectGuard>[];
  /** What else `forRoot()` is given. */
  module?: Pick<
    Parameters<typeof WsSecurityModule.forRoot>[0] & object,
    'imports' | 'providers' | 'guards' | 'throttlers'
  >;
  /** Providers of the module to replace. */
  overrides?: [token: Type | symbol | (abstract new (...args: never[]) => unknown), value: unknown][];
  beforeInit?: (app: INestApplication) => void;
}

export interface RunningApp {
  app: INestApplication;
  port: number;
  /** `ws://…` or `wss://…`, without a path. */
  url: string;
  /** Resolves when the next TCP connection has arrived. */
  nextSocket(): Promise<void>;
  close(): Promise<void>;
}

/** A Nest application with the module and the given gateways, listening on a free port of the loopback. */
export async function startApp(config: AppOptions): Promise<RunningApp> {
  const builder = Test.createTestingModule({
    imports: [
      WsSecurityModule.forRoot({
        jwtSecret: SECRET,
        logSecurityEvents: false,
        connectRateLimit: 10_000,
        authFailureLimit: 10_000,
        ...config.options,
        connectGuards: config.connectGuards ?? [],
        ...config.module,
      }),
    ],
    providers: [...config.gateways, ...(config.providers ?? [])],
  });
  for (const [token, value] of config.overrides ?? []) builder.overrideProvider(token).useValue(value);
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
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return {
    app,
    port,
    url: `${config.tls ? 'wss' : 'ws'}://127.0.0.1:${port}`,
    nextSocket: () => new Promise((resolve) => server.once('connection', () => resolve())),
    close: () => app.close(),
  };
}
