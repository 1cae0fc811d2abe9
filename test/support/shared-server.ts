import type { IncomingMessage, Server } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EchoGateway } from './echo.gateway.js';
import { HeldGuard } from './held.guard.js';
import { ManualClock } from './manual-clock.js';
import type { Neighbour } from './neighbours.js';
import { startApp, type AppOptions, type RunningApp } from './start-app.js';

export type AttachTime = 'before the gateways' | 'in onModuleInit' | 'after listen';

export interface SharedServer extends RunningApp {
  clock: ManualClock;
  server: Server;
  /** The paths of the upgrades that other listeners received. */
  seen: string[];
  end(): Promise<void>;
}

/** Starts an application with our gateway on `/ws` and another library on the same HTTP server. */
export async function startWithNeighbour(
  neighbour: Pick<Neighbour, 'attach'>,
  attachTime: AttachTime,
  config: Partial<AppOptions> = {},
): Promise<SharedServer> {
  const clock = new ManualClock();
  const seen: string[] = [];
  let leave: () => unknown = () => undefined;
  const attach = (server: Server): void => {
    leave = neighbour.attach(server);
    server.on('upgrade', ({ url }: IncomingMessage) => seen.push(url ?? ''));
  };
  @Injectable()
  class Module implements OnModuleInit {
    constructor(private readonly host: HttpAdapterHost) {}
    onModuleInit(): void {
      if (attachTime === 'in onModuleInit') attach(this.host.httpAdapter.getHttpServer() as Server);
    }
  }
  const app = await startApp({
    gateways: [EchoGateway],
    providers: [Module],
    connectGuards: [HeldGuard],
    clock,
    ...config,
    beforeInit: (application) => {
      if (attachTime === 'before the gateways') attach(application.getHttpServer() as Server);
    },
  });
  const server = app.app.getHttpServer() as Server;
  if (attachTime === 'after listen') attach(server);
  const end = async (): Promise<void> => {
    await app.close();
    await leave();
  };
  return { ...app, clock, server, seen, end };
}
