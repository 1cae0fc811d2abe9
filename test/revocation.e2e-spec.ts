import { Injectable } from '@nestjs/common';
import {
  type MemoryRevocationStore,
  RevocationService,
  RevocationStore,
  WsConnectGuard,
} from 'nestjs-ws-security';
import { EchoGateway } from './support/echo.gateway.js';
import { ManualClock } from './support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from './support/start-app.js';
import { TestClient } from './support/test-client.js';
import { mintToken } from './support/tokens.js';

let running: RunningApp;

async function start(more: Partial<AppOptions> = {}): Promise<RevocationService> {
  running = await startApp({ gateways: [EchoGateway], ...more });
  return running.app.get(RevocationService);
}

afterEach(() => running.close());

const connect = async (claims: object): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { token: await mintToken({ ...claims }) });

const refused = async (token: string) => TestClient.refused(`${running.url}/ws`, { token });

it('S2 revoking a user closes all connections within 100 ms, refuses old tokens and accepts newer ones', async () => {
  const revocations = await start();
  const fiveOf = async (sub: string): Promise<TestClient[]> =>
    Promise.all(Array.from({ length: 5 }, () => connect({ sub, iss: 'https://id.test' })));
  const timeOfRevoking = async (sub: string): Promise<number> => {
    const five = await fiveOf(sub);
    const startedAt = performance.now();
    expect(await revocations.revokeUser(sub, 'https://id.test')).toBe(5);
    const ends = await Promise.all(five.map(({ closed }) => closed));
    const took = performance.now() - startedAt;
    expect(ends).toEqual(Array.from({ length: 5 }, () => ({ code: 4403, reason: 'revoked' })));
    return took;
  };
  const others = [await connect({ sub: 'bob', iss: 'https://id.test' }), await connect({ sub: 'alice' })];
  const old = await mintToken({ sub: 'alice', iss: 'https://id.test' });
  const times: number[] = [];
  for (const sub of ['carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'alice'])
    times.push(await timeOfRevoking(sub));
  // The quickest of a few: a machine that does something else meanwhile is not the service waiting.
  expect(Math.min(...times)).toBeLessThan(100);
  for (const other of others)
    expect(await other.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });

  const refusal = await refused(old);
  const forged = await refused(`${old}x`);
  expect(refusal.status).toBe(401);
  expect([refusal.body, refusal.headers['www-authenticate']]).toEqual([
    forged.body,
    forged.headers['www-authenticate'],
  ]);
  const newer = await mintToken({ sub: 'alice', iss: 'https://id.test' }, { now: Date.now() + 62_000 });
  await (await TestClient.connect(`${running.url}/ws`, { token: newer })).close();
  await Promise.all(others.map((other) => other.close()));
});

it('S2 revoking a session ends it and no other, whenever its tokens are issued', async () => {
  const revocations = await start();
  const [one, other] = [await connect({ sid: 'session-1' }), await connect({ jti: 'session-2' })];
  expect(await revocations.revokeSession('session-1')).toBe(1);
  expect(await one.closed).toMatchObject({ code: 4403 });
  expect((await refused(await mintToken({ sid: 'session-1' }, { now: Date.now() + 62_000 }))).status).toBe(
    401,
  );
  expect(await other.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });
  await other.close();
});

it('S2 revoking a token ends its connections, and no other token of the session', async () => {
  const revocations = await start();
  const claims = { sid: 'session-1', jti: 'token-1' };
  const [one, other] = [await connect(claims), await connect({ ...claims, jti: 'token-2' })];
  const alone = await connect({ jti: 'token-1' });
  expect(await revocations.revokeToken('token-1')).toBe(2);
  expect(await one.closed).toEqual({ code: 4403, reason: 'revoked' });
  expect((await alone.closed).code).toBe(4403);
  expect((await refused(await mintToken(claims))).status).toBe(401);
  expect(await other.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });
  // A session of the same name is another matter.
  expect(await revocations.revokeToken('session-1')).toBe(0);
  expect(await revocations.revokeSession('session-1')).toBe(1);
  expect((await other.closed).code).toBe(4403);
});

it('S2 a revocation is forgotten only when nothing it voids could be accepted', async () => {
  const clock = new ManualClock();
  const revocations = await start({ clock, options: { heartbeatIntervalMs: 86_400_000 } });
  const HOUR_S = 3600;
  const exp = Math.floor(clock.now() / 1000) + HOUR_S;
  const until = (sub: string, claims: object) => mintToken({ sub, ...claims }, { expiresAt: exp });
  const tokens = await Promise.all([
    until('alice', {}),
    until('bob', { sid: 'session-1' }),
    until('bob', { jti: 'token-1' }),
  ]);
  for (const token of tokens) await (await TestClient.connect(`${running.url}/ws`, { token })).close();
  await revocations.revokeUser('alice', null, exp * 1000);
  await revocations.revokeSession('session-1', exp * 1000);
  await revocations.revokeToken('token-1', exp * 1000);
  const statuses = () => Promise.all(tokens.map(async (token) => (await refused(token)).status));
  expect(await statuses()).toEqual([401, 401, 401]);
  // The last moment at which the skew would let them in, and an occasion to forget.
  clock.advance(exp * 1000 + 29_999 - clock.now());
  await revocations.revokeToken('another', exp * 1000);
  expect(await statuses()).toEqual([401, 401, 401]);
  const store = running.app.get(RevocationStore) as MemoryRevocationStore;
  expect(store.size).toBe(4);
  clock.advance(60_000);
  await revocations.revokeToken('yet another');
  expect(store.size).toBe(1);
});

it.each([1_900_000_000, -1, Number.NaN])(
  'S2 an end of %p is not believed: remembered for good',
  async (expiresAt) => {
    const clock = new ManualClock();
    const revocations = await start({ clock, options: { heartbeatIntervalMs: 86_400_000 } });
    const client = await connect({ jti: 'token-1' });
    expect(await revocations.revokeToken('token-1', expiresAt)).toBe(1);
    expect((await client.closed).code).toBe(4403);
    clock.advance(120_000);
    await revocations.revokeToken('another');
    expect((await refused(await mintToken({ jti: 'token-1' }))).status).toBe(401);
  },
);

it('S2 a token without iat could be older than any revocation', async () => {
  const revocations = await start();
  const token = await mintToken({ sub: 'alice' }, { withoutIssuedAt: true });
  const client = await TestClient.connect(`${running.url}/ws`, { token });
  await revocations.revokeUser('alice', null);
  expect((await client.closed).code).toBe(4403);
  expect((await refused(token)).status).toBe(401);
});

it('S2 revoking while a handshake is under way reaches it', async () => {
  @Injectable()
  class RevokingGuard extends WsConnectGuard {
    constructor(private readonly service: RevocationService) {
      super();
    }

    async canConnect(): Promise<boolean> {
      await this.service.revokeUser('alice', null);
      return true;
    }
  }
  await start({ connectGuards: [RevokingGuard], providers: [RevokingGuard] });
  const calls = EchoGateway.calls;
  const client = await connect({ sub: 'alice' });
  client.send({ event: 'echo', data: { text: 'too late' } });
  expect((await client.closed).code).toBe(4403);
  expect(EchoGateway.calls).toBe(calls);
});

it('S2 nobody comes in while revocations cannot be read', async () => {
  class BrokenStore extends RevocationStore {
    revoke(): void {}

    revokedBefore(): Promise<never> {
      return Promise.reject(new Error('canary-store'));
    }
  }
  await start({ overrides: [[RevocationStore, new BrokenStore()]] });
  expect(await refused(await mintToken())).toMatchObject({ status: 503, body: { code: 'AUTH_UNAVAILABLE' } });
});
