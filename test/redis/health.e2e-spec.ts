import { WsHealth } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { type RunningApp, startApp } from '../support/start-app.js';

describeWithRedis('the health of a node with Redis', () => {
  let redis: RedisServer;
  let running: RunningApp;

  beforeEach(async () => {
    redis = await RedisServer.start();
  });

  afterEach(async () => {
    await running.close();
    await redis.stop();
  });

  const becomes = (status: string, ...reasons: string[]): Promise<void> =>
    eventually(async () =>
      Promise.resolve(expect(running.app.get(WsHealth).readiness()).toEqual({ status, reasons })),
    );

  it.each([
    ['local', 'degraded'],
    ['deny', 'not-ready'],
  ] as const)('with WS_REDIS_OUTAGE=%s a node without Redis is %s', async (redisOutage, status) => {
    running = await startApp({ gateways: [EchoGateway], options: { redisUrl: redis.url, redisOutage } });
    await becomes('ready');
    await redis.kill();
    await becomes(status, 'store');
    await redis.restart();
    await becomes('ready');
  });
});
