import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { TokenVerifier } from 'nestjs-ws-security';
import { certificate } from '../support/certificate.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { ManualClock } from '../support/manual-clock.js';
import { MetricsOf } from '../support/metrics-of.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { signingKey } from '../support/signing-keys.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;
let metrics: MetricsOf;

const use = (app: RunningApp): void => {
  running = app;
  metrics = new MetricsOf(app.app);
};

afterEach(() => running.close());

const becomes = (name: string, value: number): Promise<void> =>
  eventually(async () => Promise.resolve(expect(metrics.value(name)).toBe(value)));

it('O1 a provider without keys is down until they are fetched, and the age of the keys is known', async () => {
  const provider = await IdentityProvider.start();
  provider.keys = [signingKey('EC').jwk('1')];
  const clock = new ManualClock();
  const jwtJwksUri = `${provider.issuer}/jwks`;
  const port = await provider.stop();
  use(
    await startApp({
      gateways: [EchoGateway],
      clock,
      options: { jwtSecret: undefined, jwtJwksUri },
    }),
  );
  expect(metrics.value('ws_security_verifier_up', { verifier: 'jwks' })).toBe(0);
  expect(metrics.families.find(({ name }) => name === 'ws_security_keys_age_seconds')?.samples).toEqual([]);
  await provider.restart(port);
  clock.advance(3000);
  await becomes('ws_security_verifier_up', 1);
  clock.advance(300_000);
  expect(metrics.value('ws_security_keys_age_seconds', { verifier: 'jwks' })).toBe(300);
  await provider.stop();
  clock.advance(3_400_000);
  await eventually(async () => Promise.resolve(expect(metrics.value('ws_security_verifier_up')).toBe(0)));
});

it('O1 a verifier of the application is called custom', async () => {
  class OwnVerifier extends TokenVerifier {
    override verify(): Promise<never> {
      return Promise.reject(new Error('away'));
    }

    override health(): never {
      throw new Error('away');
    }
  }
  use(
    await startApp({
      gateways: [EchoGateway],
      module: { providers: [{ provide: TokenVerifier, useClass: OwnVerifier }] },
    }),
  );
  expect(metrics.value('ws_security_verifier_up', { verifier: 'custom' })).toBe(0);
  expect((await TestClient.refused(`${running.url}/ws`, { token: 'x' })).code).toBe('AUTH_UNAVAILABLE');
  expect(metrics.value('ws_security_authentications_total', { outcome: 'unavailable' })).toBe(1);
});

it('O1 the certificate that is served has an end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const { cert, key } = await certificate();
  const [tlsCertFile, tlsKeyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(tlsCertFile, cert);
  writeFileSync(tlsKeyFile, key);
  const clock = new ManualClock();
  use(
    await startApp({
      gateways: [EchoGateway],
      clock,
      options: { tlsCertFile, tlsKeyFile },
      tls: { cert, key },
    }),
  );
  const left = (Date.parse(new X509Certificate(cert).validTo) - clock.now()) / 1000;
  expect(metrics.value('ws_security_tls_certificate_expiry_seconds')).toBe(left);
  rmSync(folder, { recursive: true });
});

describeWithRedis('O1 the metrics of a node with Redis', () => {
  let redis: RedisServer;

  beforeEach(async () => {
    redis = await RedisServer.start();
  });

  afterEach(() => redis.stop());

  it('say whether it is up, and how its calls end', async () => {
    use(await startApp({ gateways: [EchoGateway], options: { redisUrl: redis.url } }));
    await becomes('ws_security_store_up', 1);
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    await client.request('echo', { text: 'hi' });
    const calls = 'ws_security_store_requests_total';
    expect(metrics.value(calls, { store: 'redis', outcome: 'ok' })).toBeGreaterThan(3);
    expect(metrics.value(calls, { store: 'directory', outcome: 'ok' })).toBe(2);
    expect(metrics.count('ws_security_store_duration_seconds', { store: 'redis' })).toBe(
      metrics.value(calls, { store: 'redis', outcome: 'ok' }) +
        metrics.value(calls, { store: 'redis', outcome: 'failed' }),
    );
    await redis.kill();
    await becomes('ws_security_store_up', 0);
    await client.request('echo', { text: 'hi' });
    await eventually(async () =>
      Promise.resolve(
        expect(metrics.value(calls, { store: 'redis', outcome: 'refused' })).toBeGreaterThan(0),
      ),
    );
  });
});
