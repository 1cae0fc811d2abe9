import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  ANONYMOUS,
  connectionOf,
  CurrentPrincipal,
  InvalidCredentialError,
  SecureGateway,
  TicketService,
  TokenVerifier,
  type Principal,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { CertificateAuthority, type Issued } from '../support/certificate-authority.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { ownPort } from '../support/own-port.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

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
let tls: AppOptions['tls'] & object;

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
  const verifying = { ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  tls = { cert, key, ...verifying };
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

it('a certificate is no identity for an unsecured gateway, and needs an allowed Origin there too', async () => {
  const kinds: string[] = [];

  @WebSocketGateway({ path: '/legacy' })
  class LegacyGateway {
    handleConnection(client: object): void {
      kinds.push(connectionOf(client).principal.kind);
    }
  }
  const module = { unsecured: [LegacyGateway] };
  const app = await startApp({ gateways: [LegacyGateway], options, tls, module });
  const identity = await machine();
  await (await TestClient.connect(`${app.url}/legacy`, { identity, origin: ORIGIN })).close();
  expect(kinds).toEqual(['anonymous']);
  expect((await TestClient.refused(`${app.url}/legacy`, { identity })).code).toBe('ORIGIN_NOT_ALLOWED');
  await app.close();
});

it('H2 a certificate alone needs an allowed Origin, because a browser sends it for any page', async () => {
  const identity = await machine();
  for (const origin of [undefined, 'https://evil.test']) {
    const refusal = await TestClient.refused(`${running.url}/who`, { identity, ...(origin && { origin }) });
    expect(refusal.body).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED' });
  }
});

it('a certificate beside a token is transport only: the token decides', async () => {
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

it('T5 a connection without a certificate has no credential, and one with a certificate of another CA is ended', async () => {
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

it('a gateway with its own port uses the same TLS configuration', async () => {
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

describe('a token that is bound to a certificate', () => {
  let app: RunningApp;
  let clock: ManualClock;
  let own: Issued;
  let other: Issued;

  const startBound = async (more: Partial<AppOptions> = {}): Promise<void> => {
    clock = new ManualClock();
    app = await startApp({
      gateways: [WhoGateway],
      clock,
      tls,
      ...more,
      options: { ...options, authSources: ['header', 'ticket', 'message'], heartbeatIntervalMs: 86_400_000 },
    });
  };

  beforeAll(async () => {
    [own, other] = [await machine(), await machine()];
  });

  afterEach(() => app.close());

  const thumbprintOf = ({ x509 }: Issued): string =>
    createHash('sha256').update(x509.raw).digest('base64url');
  const boundTo = (identity: Issued, more: object = {}) => ({ 'x5t#S256': thumbprintOf(identity), ...more });
  const tokenWith = (cnf: unknown) => mintToken({ cnf });

  const statusOf = (token: string, identity?: Issued) =>
    TestClient.connect(`${app.url}/who`, { token, ...(identity && { identity }) }).then(
      (client) => client.close().then(() => 101),
      (error: Error) => Number(/refused with (\d+)/.exec(error.message)?.[1]),
    );

  it('N17 is accepted with its certificate and refused with any other, also when it is remembered', async () => {
    await startBound();
    const token = await tokenWith(boundTo(own));
    for (let times = 0; times < 2; times++) {
      expect(await statusOf(token, own)).toBe(101);
      expect(await statusOf(token)).toBe(401);
      expect(await statusOf(token, other)).toBe(401);
    }
  });

  it.each<[string, (thumbprint: string) => unknown]>([
    ['a key beside it', (thumbprint) => ({ 'x5t#S256': thumbprint, jkt: thumbprint })],
    ['nothing beside it', (thumbprint) => ({ 'x5t#S256': thumbprint, kid: null })],
    ['a key alone', (thumbprint) => ({ jkt: thumbprint })],
    ['an older thumbprint', (thumbprint) => ({ x5t: thumbprint })],
    ['padding', (thumbprint) => ({ 'x5t#S256': `${thumbprint}=` })],
    ['a list', (thumbprint) => ({ 'x5t#S256': [thumbprint] })],
    ['the thumbprint itself', (thumbprint) => thumbprint],
    ['nothing', () => ({})],
    ['null', () => null],
  ])('N17 is refused with %s', async (_what, cnfOf) => {
    await startBound();
    expect(await statusOf(await tokenWith(cnfOf(thumbprintOf(own))), own)).toBe(401);
  });

  it('N17 logs in by a first message over a connection with its certificate only', async () => {
    await startBound();
    // A certificate with two common names has no identity, so the token has to provide one.
    const nameless = await authority.issue({ usage: 'client', names: ['billing', 'sales'] });
    const token = await tokenWith(boundTo(nameless));
    const client = await TestClient.connect(`${app.url}/who`, { identity: nameless });
    expect(await client.request('auth', { token })).toMatchObject({ event: 'auth' });
    await client.close();
    const stranger = await TestClient.connect(`${app.url}/who`);
    stranger.send({ event: 'auth', data: { token } });
    expect((await stranger.closed).code).toBe(4401);
  });

  it('N17 refreshes a connection with its certificate while the certificate is valid', async () => {
    await startBound();
    const plain = await mintToken({}, { now: clock.now() });
    const bound = await tokenWith(boundTo(own));
    const refreshed = async (identity: Issued | undefined, token: string) => {
      const client = await TestClient.connect(`${app.url}/who`, {
        token: plain,
        ...(identity && { identity }),
      });
      const { event, data } = await client.request('auth', { token });
      await client.close();
      return event === 'auth' ? 'accepted' : data?.['code'];
    };
    expect(await refreshed(own, bound)).toBe('accepted');
    expect(await refreshed(other, bound)).toBe('UNAUTHENTICATED');
    expect(await refreshed(undefined, bound)).toBe('UNAUTHENTICATED');
    const client = await TestClient.connect(`${app.url}/who`, { token: plain, identity: own });
    clock.jump(Date.parse(own.x509.validTo) - clock.now());
    const late = await mintToken({ cnf: boundTo(own) }, { now: clock.now() });
    expect(await client.request('auth', { token: late })).toMatchObject({
      data: { code: 'UNAUTHENTICATED' },
    });
  });

  it('N17 is refused by a verifier that gets no certificate, as in a guard of an HTTP route', async () => {
    await startBound();
    const verifier = app.app.get(TokenVerifier);
    const token = await tokenWith(boundTo(own));
    await expect(verifier.verify(token, 'bearer')).rejects.toThrow(InvalidCredentialError);
    const proof = { certificateThumbprint: thumbprintOf(own) };
    expect(await verifier.verify(token, 'bearer', proof)).toMatchObject({ id: 'alice' });
  });

  it('N17 binds the tickets issued for it to the certificate too', async () => {
    await startBound();
    const proof = { certificateThumbprint: thumbprintOf(own) };
    const principal = await app.app.get(TokenVerifier).verify(await tokenWith(boundTo(own)), 'bearer', proof);
    const issue = () => app.app.get(TicketService).issue(principal);
    expect((await TestClient.refused(`${app.url}/who?ticket=${await issue()}`)).status).toBe(401);
    const client = await TestClient.connect(`${app.url}/who?ticket=${await issue()}`, { identity: own });
    await client.close();
  });

  it('N17 is refused without its certificate even if a verifier of the application accepts it', async () => {
    class Lenient extends TokenVerifier {
      override verify(token: string): Promise<Principal> {
        const cnf = token === 'bound' ? boundTo(own) : { jkt: token };
        return Promise.resolve({ ...ANONYMOUS, id: 'alice', kind: 'token', claims: { cnf } });
      }
    }
    await startBound({ overrides: [[TokenVerifier, new Lenient()]] });
    expect(await statusOf('bound', own)).toBe(101);
    expect([await statusOf('bound'), await statusOf('other', own)]).toEqual([401, 401]);
  });
});
