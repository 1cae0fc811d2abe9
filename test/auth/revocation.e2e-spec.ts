import { Injectable } from '@nestjs/common';
import {
  ConnectionRegistry,
  type MemoryRevocationStore,
  RevocationService,
  RevocationStore,
  TicketService,
  TokenVerifier,
  WsConnectGuard,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

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

it.each<[string, () => Promise<never>]>([
  ['later', () => Promise.reject(new Error('canary-store'))],
  [
    'at once',
    () => {
      throw new Error('canary-store');
    },
  ],
])('S2 nobody comes in while revocations cannot be read: a store that fails %s', async (_when, fail) => {
  class BrokenStore extends RevocationStore {
    revoke(): void {}

    revokedBefore(): Promise<never> {
      return fail();
    }
  }
  await start({ overrides: [[RevocationStore, new BrokenStore()]] });
  expect(await refused(await mintToken())).toMatchObject({ status: 503, body: { code: 'AUTH_UNAVAILABLE' } });
});

it('S2 connections are closed here also while their revocation cannot be stored', async () => {
  class FullStore extends RevocationStore {
    revoke(): void {
      throw new Error('no room');
    }

    revokedBefore(): undefined {}
  }
  const revocations = await start({ overrides: [[RevocationStore, new FullStore()]] });
  const client = await connect({ sub: 'alice' });
  await expect(revocations.revokeUser('alice', null)).rejects.toThrow('no room');
  expect((await client.closed).code).toBe(4403);
});

describe('tokens of an issuer whose clock is 20 s ahead', () => {
  let clock: ManualClock;
  let revocations: RevocationService;

  const startAhead = async (more: Partial<AppOptions> = {}): Promise<void> => {
    clock = new ManualClock();
    const options = { heartbeatIntervalMs: 86_400_000, resume: true };
    revocations = await start({ clock, options, ...more });
  };
  /** Issued so many seconds later than now. */
  const ahead = (seconds: number, claims: object = {}) =>
    mintToken({ ...claims }, { now: clock.now() + (60 + seconds) * 1000 });
  const statusOf = async (token: string) =>
    TestClient.connect(`${running.url}/ws`, { token }).then(
      (client) => client.close().then(() => 101),
      (error: Error) => Number(/refused with (\d+)/.exec(error.message)?.[1]),
    );

  it('S2 are void after a revocation, live or not, and one that is issued later is accepted at once', async () => {
    await startAhead();
    const [live, closed, foreign] = [await ahead(19), await ahead(20), await ahead(20, { sub: 'bob' })];
    const client = await TestClient.connect(`${running.url}/ws`, { token: live });
    expect([await statusOf(closed), await statusOf(foreign)]).toEqual([101, 101]);
    expect(await revocations.revokeUser('alice', null)).toBe(1);
    expect((await client.closed).code).toBe(4403);
    expect([await statusOf(live), await statusOf(closed)]).toEqual([401, 401]);
    expect(await statusOf(foreign)).toBe(101);
    expect(await statusOf(await ahead(21))).toBe(101);
    // When the clock has caught up it is as before.
    clock.advance(25_000);
    expect([await statusOf(live), await statusOf(closed)]).toEqual([401, 401]);
    await revocations.revokeUser('bob', null);
    expect(await statusOf(await ahead(1, { sub: 'bob' }))).toBe(101);
  });

  it('S2 are void when the user is revoked while their handshake is under way', async () => {
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
    await startAhead({ connectGuards: [RevokingGuard], providers: [RevokingGuard] });
    const client = await TestClient.connect(`${running.url}/ws`, { token: await ahead(20) });
    expect((await client.closed).code).toBe(4403);
  });

  it('S2 are void when the user is revoked while a store is asked about them', async () => {
    let answer: () => void = () => undefined;
    let asked: () => void = () => undefined;
    class SlowStore extends RevocationStore {
      revoke(): void {}

      revokedBefore(): Promise<undefined> {
        asked();
        return new Promise((resolve) => (answer = () => resolve(undefined)));
      }
    }
    await startAhead({ overrides: [[RevocationStore, new SlowStore()]] });
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const connecting = TestClient.connect(`${running.url}/ws`, { token: await ahead(20) });
    await isAsked;
    await revocations.revokeUser('alice', null);
    answer();
    expect((await (await connecting).closed).code).toBe(4403);
  });

  it('S2 are void when a refresh or an HTTP guard had accepted them', async () => {
    await startAhead();
    const [refreshed, shown] = [await ahead(19), await ahead(20)];
    const client = await TestClient.connect(`${running.url}/ws`, { token: await ahead(-60) });
    expect(await client.request('auth', { token: refreshed })).toMatchObject({ event: 'auth' });
    await revocations.revokeUser('alice', null);
    expect((await client.closed).code).toBe(4403);
    expect(await statusOf(refreshed)).toBe(401);
    const principal = await running.app.get(TokenVerifier).verify(shown, 'bearer');
    expect(await revocations.isRevoked(principal)).toBe(false);
    await revocations.revokeUser('alice', null);
    expect(await revocations.isRevoked(principal)).toBe(true);
  });

  it('S2 leave no ticket that outlives a revocation', async () => {
    await startAhead();
    const principal = await running.app.get(TokenVerifier).verify(await ahead(20), 'bearer');
    const ticket = await running.app.get(TicketService).issue(principal);
    await revocations.revokeUser('alice', null);
    expect((await TestClient.refused(`${running.url}/ws?ticket=${ticket}`)).status).toBe(401);
  });

  it('S2 S5 leave no session that outlives a revocation', async () => {
    await startAhead();
    const comeBack = async (token: string, more: string[] = []) => {
      const protocols = ['ws-security.v1', ...more];
      const client = await TestClient.connect(`${running.url}/ws`, { token, protocols });
      const { data } = await client.next();
      return { client, resume: data?.['resume'] as { token: string; recovered: boolean } };
    };
    const leave = async (client: TestClient) => {
      client.socket.terminate();
      const registry = running.app.get(ConnectionRegistry);
      while (registry.size > 0) await new Promise((resolve) => setImmediate(resolve));
    };
    const first = await comeBack(await ahead(20));
    await leave(first.client);
    const again = await comeBack(await ahead(20), [`resume.${first.resume.token}.0`]);
    expect(again.resume.recovered).toBe(true);
    await leave(again.client);
    await revocations.revokeUser('alice', null);
    const later = await comeBack(await ahead(21), [`resume.${again.resume.token}.0`]);
    expect(later.resume.recovered).toBe(false);
    await later.client.close();
  });

  it('S2 are not forgotten to be revoked before they expire', async () => {
    await startAhead();
    const exp = Math.floor(clock.now() / 1000) + 3600;
    const token = await mintToken({}, { now: clock.now() + 80_000, expiresAt: exp + 20 });
    expect(await statusOf(token)).toBe(101);
    // Whoever revokes knows how long tokens live, not that the issuer's clock is ahead.
    await revocations.revokeUser('alice', null, exp * 1000);
    clock.advance((exp + 49) * 1000 - clock.now());
    await revocations.revokeToken('another');
    expect(await statusOf(token)).toBe(401);
  });
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'S2 a credential that says it was issued at %p could be older than any revocation',
  async (iat) => {
    const revocations = await start();
    const principal = await running.app.get(TokenVerifier).verify(await mintToken(), 'bearer');
    await revocations.revokeUser('alice', null);
    expect(await revocations.isRevoked({ ...principal, claims: { iat } })).toBe(true);
  },
);
