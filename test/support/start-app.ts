import type { Server } from 'node:http';
import type { INestApplication, Provider, Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { WsConnectGuard, WsSecurityOptions } from 'nestjs-ws-security';
import {
  type ManualClock,
  startTestApp,
  type TestApp,
  type TestAppOptions,
} from 'nestjs-ws-security/testing';
import { SECRET } from './tokens.js';

export interface AppOptions {
  gateways: Provider[];
  providers?: Provider[];
  controllers?: Type[];
  imports?: NonNullable<TestAppOptions['imports']>;
  options?: WsSecurityOptions;
  clock?: ManualClock;
  /** Default: a free port. */
  port?: number;
  platform?: 'express' | 'fastify';
  tls?: { cert: string; key: string };
  connectGuards?: Type<WsConnectGuard>[];
  /** Further settings of `forRoot()`. */
  module?: TestAppOptions['forRoot'];
  /** Providers of the module to replace. */
  overrides?: [token: Type | symbol | (abstract new (...args: never[]) => unknown), value: unknown][];
  beforeInit?: (app: INestApplication) => void;
}

export interface RunningApp extends TestApp {
  /** Resolves when the next TCP connection arrives. */
  nextSocket(): Promise<void>;
}

/** Starts a Nest application with the module and these gateways, with the timeouts of production. */
export async function startApp(config: AppOptions): Promise<RunningApp> {
  const { overrides = [], platform, module, connectGuards = [], options, ...rest } = config;
  const running = await startTestApp({
    ...rest,
    logger: false,
    options: {
      jwtSecret: SECRET,
      heartbeatIntervalMs: 25_000,
      drainTimeoutMs: 10_000,
      ...options,
    },
    forRoot: { connectGuards, ...module },
    override: (builder) => {
      for (const [token, value] of overrides) builder.overrideProvider(token).useValue(value);
    },
    ...(platform === 'fastify' && {
      httpAdapter: new FastifyAdapter(config.tls && { https: config.tls }),
    }),
  });
  const server = running.app.getHttpServer() as Server;
  return {
    ...running,
    nextSocket: () => new Promise((resolve) => server.once('connection', () => resolve())),
  };
}
