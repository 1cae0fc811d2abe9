import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SubscribeMessage } from '@nestjs/websockets';
import { CurrentPrincipal, SecureGateway, type Principal, type WsSecurityOptions } from 'nestjs-ws-security';
import { CertificateAuthority } from './support/certificate-authority.js';
import { EchoGateway } from './support/echo.gateway.js';
import { ownPort } from './support/own-port.js';
import { startApp, type RunningApp } from './support/start-app.js';
import { TestClient } from './support/test-client.js';
import { mintToken } from './support/tokens.js';

const ORIGIN = 'https://app.test';

@SecureGateway({ path: '/who' })
class WhoGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, issuer, kind }: Principal): Pick<Principal, 'id' | 'issuer' | 'kind'> {
    return { id, issuer, kind };
  }
}

let folder: string;
let authority: CertificateAuthority;
let running: RunningApp;
let options: WsSecurityOptions;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mtls-'));
  authority = await CertificateAuthority.create();
  const { cert, key } = await authority.issue({ usage: 'server' });
  const files = { tlsCertFile: cert, tlsKeyFile: key, tlsCaFile: authority.cert };
  options = { allowedOrigins: [ORIGIN] };
  for (const [option, pem] of Object.entries(files)) {
    const file = join(folder, option);
    writeFileSync(file, pem);
    Object.assign(options, { [option]: file });
  }
  const tls = { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  running = await startApp({ gateways: [WhoGateway], options, tls });
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true });
});

const machine = () =>
  authority.issue({ usage: 'client', names: ['billing'], uris: ['spiffe://test/billing'] });

it('T5 a verified certificate alone is the identity', async () => {
  const client = await TestClient.connect(`${running.url}/who`, {
    identity: await machine(),
    origin: ORIGIN,
  });
  expect(await client.request('who')).toMatchObject({
    data: { id: 'spiffe://test/billing', issuer: `mtls:${authority.fingerprint}`, kind: 'certificate' },
  });
  await client.close();
});

it('H2 a browser would bring it for any page, so an allowed Origin is needed', async () => {
  const identity = await machine();
  for (const origin of [undefined, 'https://evil.test']) {
    const refusal = await TestClient.refused(`${running.url}/who`, { identity, ...(origin && { origin }) });
    expect(refusal.body).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
  }
});

it('beside a token it is transport: the token decides', async () => {
  const client = await TestClient.connect(`${running.url}/who`, {
    identity: await machine(),
    token: await mintToken(),
  });
  expect(await client.request('who')).toMatchObject({ data: { id: 'alice', kind: 'token' } });
  await client.close();
  const refusal = await TestClient.refused(`${running.url}/who`, {
    identity: await machine(),
    token: 'x',
    origin: ORIGIN,
  });
  expect(refusal.status).toBe(401);
});

it('T5 none is no credential, and one of a foreign authority ends the connection', async () => {
  expect((await TestClient.refused(`${running.url}/who`)).status).toBe(401);
  const foreign = await (
    await CertificateAuthority.create()
  ).issue({ usage: 'client', uris: ['spiffe://test/billing'] });
  const attempt = TestClient.connect(`${running.url}/who`, {
    identity: foreign,
    origin: ORIGIN,
    token: await mintToken(),
  });
  await expect(attempt).rejects.toThrow(/socket hang up|ECONNRESET|EPIPE/);
});

it('a gateway with a port of its own speaks TLS with the same configuration', async () => {
  const port = await ownPort();
  @SecureGateway({ path: '/own', port })
  class OwnPortGateway extends WhoGateway {}
  const app = await startApp({ gateways: [EchoGateway, OwnPortGateway], options });
  const client = await TestClient.connect(`wss://127.0.0.1:${port}/own`, { token: await mintToken() });
  expect(await client.request('who')).toMatchObject({ data: { id: 'alice' } });
  await client.close();
  await expect(TestClient.connect(`ws://127.0.0.1:${port}/own`)).rejects.toThrow();
  await app.close();
});
