import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { SecureGateway, type WsSecurityOptions } from 'nestjs-ws-security';
import { BearerOperatorGuard, WsAdminModule } from 'nestjs-ws-security/admin';
import { WsMetricsModule } from 'nestjs-ws-security/metrics';
import { certificate } from '../support/certificate.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { Logged } from '../support/logged.js';
import { ownPort } from '../support/own-port.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { type AppOptions, startApp } from '../support/start-app.js';

const folder = mkdtempSync(join(tmpdir(), 'idle-'));
const metricsTokenFile = join(folder, 'token');
writeFileSync(metricsTokenFile, 'canary-token-of-the-metrics-endpoint-1234567890');

afterAll(() => rmSync(folder, { recursive: true }));

/** What the start warns of. */
async function warnings(
  options: WsSecurityOptions,
  imports: AppOptions['imports'] = [],
  others: Partial<AppOptions> = {},
): Promise<string[]> {
  let logged: Logged | undefined;
  const running = await startApp({
    gateways: [EchoGateway],
    options,
    imports,
    beforeInit: () => (logged = new Logged()),
    ...others,
  });
  logged?.stop();
  await running.close();
  expect(JSON.stringify(logged?.warnings)).not.toContain('canary');
  return logged?.warnings ?? [];
}

const ADMIN = { adminReadLimit: 7, adminWriteLimit: 7, adminMaxListeners: 7 };
const METRICS_IDLE =
  'WS_METRICS_TOKEN_FILE: has no effect: no metrics are served without WsMetricsModule and its endpoint';
const withAdmin = () => [WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })];

it('C6 the start warns of a token of metrics that nobody serves', async () => {
  expect(await warnings({ metricsTokenFile })).toEqual([METRICS_IDLE]);
  expect(await warnings({ metricsTokenFile }, [WsMetricsModule.forRoot()])).toEqual([]);
  const register = new Registry();
  expect(await warnings({ metricsTokenFile }, [WsMetricsModule.forRoot({ register })])).toEqual([
    METRICS_IDLE,
  ]);
});

describe('with a certificate', () => {
  const files = { tlsCertFile: join(folder, 'cert.pem'), tlsKeyFile: join(folder, 'key.pem') };
  const IDLE = [
    expect.stringMatching(
      /^WS_TLS_CERT_FILE: has no effect: .* \{ httpsOptions: tlsOptionsFromEnv\(\) \}\) with Express, new FastifyAdapter\(\{ https:/,
    ),
  ];

  beforeAll(async () => {
    const { cert, key } = await certificate();
    writeFileSync(files.tlsCertFile, cert);
    writeFileSync(files.tlsKeyFile, key);
  });

  it.each(['express', 'fastify'] as const)(
    'C6 the start warns unless the server of %s uses it',
    async (platform) => {
      expect(await warnings(files, [], { platform })).toEqual(IDLE);
      expect(await warnings(files, [], { platform, tls: await certificate() })).toEqual([]);
    },
  );

  it('C6 the start does not warn if a gateway with a port of its own uses it', async () => {
    @SecureGateway({ path: '/own', port: await ownPort() })
    class OwnPortGateway {}
    expect(await warnings(files, [], { gateways: [OwnPortGateway] })).toEqual([]);
  });
});

it("C6 the start warns of limits of an operator's API that is not there", async () => {
  expect(await warnings(ADMIN)).toEqual([
    'WS_ADMIN_READ_LIMIT: has no effect without WsAdminModule',
    'WS_ADMIN_WRITE_LIMIT: has no effect without WsAdminModule',
    'WS_ADMIN_MAX_LISTENERS: has no effect without WsAdminModule',
  ]);
  expect(await warnings(ADMIN, withAdmin())).toEqual([]);
});

it('C6 the start warns of settings whose feature is off', async () => {
  const options = {
    authCookie: 'canary',
    resumeTtlMs: 1000,
    redisTimeoutMs: 300,
    redisOutage: 'deny',
  } as const;
  expect(await warnings(options)).toEqual([
    'WS_REDIS_OUTAGE: has no effect without WS_REDIS_URL',
    'WS_REDIS_TIMEOUT_MS: has no effect without WS_REDIS_URL',
    'WS_RESUME_TTL_MS: has no effect unless WS_RESUME is true',
    'WS_AUTH_COOKIE: has no effect unless WS_AUTH_SOURCES contains cookie',
  ]);
  expect(
    await warnings({
      ...options,
      redisTimeoutMs: 250,
      redisOutage: 'local',
      resume: true,
      authSources: ['cookie'],
    }),
  ).toEqual([]);
  expect(await warnings({})).toEqual([]);
});

describeWithRedis('with Redis', () => {
  it('C6 the start does not warn of its settings', async () => {
    const redis = await RedisServer.start();
    const told = await warnings({ redisUrl: redis.url, redisTimeoutMs: 2000, redisOutage: 'deny' });
    expect(told.filter((text) => text.includes('no effect'))).toEqual([]);
    await redis.stop();
  });
});
