import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  RevocationService,
  RoomPolicy,
  SecureGateway,
  SecurityEvents,
  WsRoles,
  WS_THROTTLER_STORAGE,
  WsSecurityModule,
  type WsThrottlerStorage,
} from 'nestjs-ws-security';
import { monotonic } from '../processes/monotonic.js';
import { takeAccepted, watchAccepted } from './accepted.js';
import { MixedGateway, SingleGateway } from './limited.gateways.js';
import { measured } from './measured.js';

export type { Accepted } from './accepted.js';

const ROOM = 'room';
const TICK_MS = 1;

export interface PushOrder {
  readonly perSecond: number;
  readonly durationMs: number;
  /** Whether everything is done but the push itself, to learn what the rest costs. */
  readonly isDry?: boolean;
}

export interface PushResult {
  readonly pushed: number;
  readonly failed: number;
}

/** An event about Redis. */
export interface Told {
  readonly type: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

class EchoDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

class OpenRooms extends RoomPolicy {
  override canJoin(): boolean {
    return true;
  }
}

@WsRoles('user')
@SecureGateway({ path: '/ws' })
class NodeGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('join')
  async join(@CurrentConnection() connection: Connection): Promise<{ joined: boolean }> {
    await this.connections.join(connection, ROOM);
    return { joined: true };
  }
}

@Module({
  imports: [WsSecurityModule.forRoot({ providers: [{ provide: RoomPolicy, useClass: OpenRooms }] })],
  providers: [NodeGateway, SingleGateway, MixedGateway],
})
class NodeModule {}

let lastPush = 0;

/** Makes as many pushes each millisecond as are due. They are numbered over the life of the process. */
async function push(
  connections: ConnectionRegistry,
  { perSecond, durationMs, isDry = false }: PushOrder,
): Promise<PushResult> {
  const total = Math.round((perSecond * durationMs) / 1000);
  const started = performance.now();
  let pushed = 0;
  let failed = 0;
  let settled = 0;
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      if (++settled === total) resolve();
    };
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond));
      for (; pushed < due; pushed++) {
        if (isDry) settle();
        else
          pushNow(connections).then(settle, () => {
            failed++;
            settle();
          });
      }
      if (pushed === total) clearInterval(timer);
    }, TICK_MS);
  });
  return { pushed, failed };
}

function pushNow(connections: ConnectionRegistry): Promise<void> {
  return connections.sendToRoom(ROOM, 'push', { n: ++lastPush, at: monotonic() });
}

async function serve(): Promise<void> {
  const app = await NestFactory.create(NodeModule, { logger: ['error', 'fatal'] });
  const told: Told[] = [];
  app.get(SecurityEvents).events.subscribe(({ type }) => {
    if (type.startsWith('cluster.')) told.push({ type, at: monotonic() });
  });
  await app.init();
  if (process.env['BENCH_WATCH'] === 'true') watchAccepted(app.get<WsThrottlerStorage>(WS_THROTTLER_STORAGE));
  const connections = app.get(ConnectionRegistry);
  const revocations = app.get(RevocationService);
  measured(app.getHttpServer() as Server, undefined, {
    push: (order: PushOrder) => push(connections, order),
    pushOnce(): void {
      pushNow(connections).catch(() => undefined);
    },
    accepted: takeAccepted,
    resident: () => process.memoryUsage.rss(),
    told: () => told,
    async revoke(user: string): Promise<number> {
      const at = monotonic();
      await revocations.revokeUser(user, null);
      return at;
    },
  });
}

void serve();
