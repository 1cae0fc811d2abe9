import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Module } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  CloseCode,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsSecurityModule,
  WS_SECURITY_PROTOCOL,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import {
  expectClose,
  ManualClock,
  mintToken,
  startTestApp,
  type TestApp,
  type TestAppOptions,
  TestClient,
} from 'nestjs-ws-security/testing';
import { EchoGateway } from '../support/echo.gateway.js';

@SecureGateway({ path: '/ws' })
class WhoGateway {
  @SubscribeMessage('who')
  who(@CurrentPrincipal() { id, roles, issuer }: Principal): object {
    return { id, roles, issuer };
  }

  @SubscribeMessage('silence')
  silence(): Promise<never> {
    return new Promise(() => undefined);
  }
}

/** Longer than the default of the client, for slow machines. */
const PATIENT = { timeoutMs: 15_000 };

let running: TestApp | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(config: TestAppOptions = {}): Promise<string> {
  running = await startTestApp({ gateways: [WhoGateway], ...config });
  return `${running.url}/ws`;
}

describe('an application under test', () => {
  it('accepts tokens of mintToken()', async () => {
    const url = await start();
    const client = await TestClient.connect(url, { token: await mintToken(), ...PATIENT });
    expect((await client.request('who')).data).toEqual({ id: 'alice', roles: [], issuer: null });
    await client.close();
    for (const wrong of [{ expiresIn: -60 }, { secret: 'another secret of more than thirty-two bytes' }])
      expect(await TestClient.refused(url, { token: await mintToken({}, wrong), ...PATIENT })).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
        headers: { 'content-type': 'application/problem+json' },
      });
  });

  it('mints tokens for its own issuer, audience, type, algorithm and clock', async () => {
    const clock = new ManualClock();
    clock.advance(7 * 86_400_000);
    const url = await start({
      clock,
      options: {
        jwtSecret: 'x'.repeat(64),
        jwtIssuer: 'https://id.test',
        jwtAudience: 'chat',
        jwtType: 'at+jwt',
        jwtAlgorithms: ['HS512'],
      },
    });
    expect((await TestClient.refused(url, { token: await mintToken(), ...PATIENT })).status).toBe(401);
    const token = await running?.mintToken({ sub: 'ben', roles: ['user'] });
    const client = await TestClient.connect(url, { token: token as string, ...PATIENT });
    expect((await client.request('who')).data).toEqual({
      id: 'ben',
      roles: ['user'],
      issuer: 'https://id.test',
    });
    await client.close();
  });

  it('uses the team’s own module, with its options unless the test overrides them', async () => {
    @Module({
      imports: [WsSecurityModule.forRoot({ rateLimit: 1, jwtSecret: undefined })],
      providers: [EchoGateway],
    })
    class TeamModule {}

    const refusals = async (options: WsSecurityOptions): Promise<number> => {
      const url = await start({ gateways: [], module: TeamModule, options });
      const client = await TestClient.connect(url, { token: await mintToken(), ...PATIENT });
      const replies = [
        await client.request('echo', { text: 'a' }),
        await client.request('echo', { text: 'b' }),
      ];
      await client.close();
      await running?.close();
      return replies.filter(({ event }) => event === 'exception').length;
    };
    expect(await refusals({})).toBe(1);
    expect(await refusals({ rateLimit: 2 })).toBe(0);
  });

  it('does not depend on keys and Redis of the environment', async () => {
    const environment = {
      WS_JWT_JWKS_URI: 'http://127.0.0.1:1/keys',
      WS_JWT_ALGORITHMS: 'RS256',
      WS_INTROSPECTION_URL: 'http://127.0.0.1:1/introspect',
      WS_REDIS_URL: 'redis://127.0.0.1:1',
      WS_REDIS_OUTAGE: 'deny',
      WS_RATE_LIMIT: '1',
    };
    Object.assign(process.env, environment);
    try {
      const url = await start({ clock: new ManualClock() });
      const client = await TestClient.connect(url, { token: await mintToken(), ...PATIENT });
      expect([(await client.request('who')).event, (await client.request('who')).event]).toEqual([
        'who',
        'exception',
      ]);
      await client.close();
    } finally {
      for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
    }
  });

  it('verifies with the secret of the test instead of the public keys of its module', async () => {
    @Module({
      imports: [
        WsSecurityModule.forRoot({ jwtJwksUri: 'http://127.0.0.1:1/keys', jwtAlgorithms: ['RS256'] }),
      ],
      providers: [WhoGateway],
    })
    class TeamModule {}

    const url = await start({ gateways: [], module: TeamModule, options: { jwtSecret: 'y'.repeat(32) } });
    const token = await running?.mintToken({ sub: 'ben' });
    const client = await TestClient.connect(url, { token: token as string, ...PATIENT });
    expect((await client.request('who')).data).toMatchObject({ id: 'ben' });
    await client.close();
  });

  it('refuses arguments of forRoot() that would have no effect', async () => {
    @Module({ imports: [WsSecurityModule.forRoot()], providers: [WhoGateway] })
    class TeamModule {}
    const config = { module: TeamModule, forRoot: { connectGuards: [] } };
    await expect(startTestApp(config)).rejects.toThrow('forRoot has no effect beside module');
  });

  it('waits less than a test may take by default with Jest and Vitest', async () => {
    const client = await TestClient.connect(await start(), { token: await mintToken() });
    expect(client.timeoutMs).toBe(4000);
    await client.close();
  });

  it('reports why it cannot start or mint', async () => {
    await expect(start({ options: { rateLimit: -1 } })).rejects.toThrow(/WS_RATE_LIMIT: /);
    const destroyed: string[] = [];
    const resource = { onModuleDestroy: () => void destroyed.push('resource') };
    await expect(
      start({
        providers: [{ provide: 'RESOURCE', useValue: resource }],
        beforeInit: async (app) => {
          await app.init();
          throw new Error('no pipe');
        },
      }),
    ).rejects.toThrow('no pipe');
    expect(destroyed).toEqual(['resource']);
    await start({ options: { jwtJwksUri: 'http://127.0.0.1:1/keys' } });
    await expect(running?.mintToken()).rejects.toThrow('set jwtSecret');
  });

  it('sends no heartbeat that an advanced clock could miss', async () => {
    const clock = new ManualClock();
    const url = await start({ clock });
    const client = await TestClient.connect(url, { token: await mintToken(), ...PATIENT });
    clock.advance(3_000_000);
    expect((await client.request('who')).event).toBe('who');
    clock.advance(3_000_000);
    await expectClose(client, CloseCode.TOKEN_EXPIRED);
  });
});

describe('the test client', () => {
  const connect = async (): Promise<TestClient> =>
    TestClient.connect(await start(), { token: await mintToken(), ...PATIENT });

  it('keeps frames in order until they are read', async () => {
    const url = await start();
    const client = await TestClient.connect(url, {
      token: await mintToken(),
      protocols: [WS_SECURITY_PROTOCOL],
      ...PATIENT,
    });
    expect(client.protocol).toBe(WS_SECURITY_PROTOCOL);
    client.send({ event: 'ping' });
    client.send('no JSON');
    expect((await client.request('who')).event).toBe('who');
    expect((await client.next('exception')).data).toMatchObject({ code: 'BAD_MESSAGE' });
    expect((await client.next()).event).toBe('session');
    expect(client.take().map(({ event }) => event)).toEqual(['pong']);
    expect(client.take()).toEqual([]);
    await client.close();
    expect(await client.closed).toMatchObject({ code: 1000 });
  });

  it('times out and reports what it waited for and what arrived', async () => {
    const client = await connect();
    client.send({ event: 'ping' });
    // The answer arrives after the pong.
    await client.request('who');
    Object.assign(client, { timeoutMs: 200 });
    await expect(client.request('silence')).rejects.toThrow(
      'timed out waiting for the reply to "silence"; unread, the last 1 of 1: {"event":"pong","data":null} (after 200 ms)',
    );
    await expect(client.next('news')).rejects.toThrow('timed out waiting for a frame "news"');
    await expect(expectClose(client, CloseCode.FORBIDDEN)).rejects.toThrow(
      'expected the connection to be closed with 4403 (FORBIDDEN), but it is still open; unread',
    );
    // A reader that timed out does not take a later frame.
    client.take();
    Object.assign(client, PATIENT);
    client.send({ event: 'ping' });
    expect((await client.next()).event).toBe('pong');
    await client.close();
  });

  it('does not wait for a connection that has ended', async () => {
    const client = await connect();
    const waiting = client.next().catch(String);
    client.send('['.repeat(70_000));
    expect(await waiting).toContain('the connection closed with 1009 (MESSAGE_TOO_BIG)');
    await expect(client.request('who')).rejects.toThrow();
    await expect(client.next()).rejects.toThrow('closed with 1009');
    await expect(expectClose(client, CloseCode.FORBIDDEN)).rejects.toThrow(
      'closed with 4403 (FORBIDDEN), but it was closed with 1009 (MESSAGE_TOO_BIG)',
    );
    expect(await expectClose(client, CloseCode.MESSAGE_TOO_BIG)).toMatchObject({ code: 1009 });
  });

  it('tells a refused handshake from an accepted one', async () => {
    const url = await start();
    await expect(TestClient.connect(url, PATIENT)).rejects.toThrow('refused with 401 UNAUTHENTICATED');
    await expect(TestClient.refused(url, { token: await mintToken(), ...PATIENT })).rejects.toThrow(
      'it was accepted',
    );
    expect(
      await TestClient.refused(url, { token: await mintToken(), origin: 'https://evil.test', ...PATIENT }),
    ).toMatchObject({ status: 403, code: 'ORIGIN_NOT_ALLOWED' });
    expect(
      await TestClient.refused(url, { headers: { authorization: 'Bearer x' }, ...PATIENT }),
    ).toMatchObject({
      status: 401,
    });
  });

  it('times out when the server never answers, and fails at once when there is no server', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await expect(TestClient.connect(url, { timeoutMs: 100 })).rejects.toThrow(
      `the handshake with ${url} was not answered in time (after 100 ms)`,
    );
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    await expect(TestClient.refused(url)).rejects.toThrow('ECONNREFUSED');
  });
});

it('docs/testing.md shows these files', () => {
  const text = readFileSync('docs/testing.md', 'utf8');
  for (const file of ['notes.gateway.ts', 'notes.e2e-spec.ts'].map((name) => `docs/examples/testing/${name}`))
    expect(text).toContain(`\`\`\`ts\n// ${file}\n${readFileSync(file, 'utf8')}\`\`\``);
});
