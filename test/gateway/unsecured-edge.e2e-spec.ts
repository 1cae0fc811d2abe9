import type { Type } from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type Connection,
  ConnectionRegistry,
  connectionOf,
  DrainService,
  ForbiddenEventException,
  type Handshake,
  HandshakeRefusal,
  WsConnectGuard,
} from 'nestjs-ws-security';
import type { WebSocket } from 'ws';
import { servedOf } from '../../src/connection/served-connection.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { FailingGateway, LegacyGateway, RawGateway } from '../support/legacy.gateways.js';
import { Logged } from '../support/logged.js';
import { ManualClock } from '../support/manual-clock.js';
import { type AppOptions, type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;

async function start(gateways: Type[], config: Omit<AppOptions, 'gateways'> = {}): Promise<void> {
  const unsecured = gateways.filter((gateway) => gateway !== EchoGateway);
  running = await startApp({ ...config, gateways, module: { unsecured, ...config.module } });
}

const refusal = async (path: string, options = {}): Promise<unknown[]> => {
  const { status, body } = await TestClient.refused(running.url + path, options);
  return [status, body['code']];
};

const connect = (path = '/legacy', options = {}): Promise<TestClient> =>
  TestClient.connect(running.url + path, options);

afterEach(() => running.close());

describe('before 101, an unsecured gateway', () => {
  it('H1 H3 accepts only allowed origins', async () => {
    await start([LegacyGateway], { options: { allowedOrigins: ['https://app.example.com'] } });
    expect(await refusal('/legacy', { origin: 'https://evil.example.com' })).toEqual([
      403,
      'ORIGIN_NOT_ALLOWED',
    ]);
    expect(await refusal('/legacy', { origin: 'null' })).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
    await (await connect('/legacy', { origin: 'https://app.example.com' })).close();
  });

  it('H6 H7 T1 accepts only allowed hosts, TLS where it is required, and its exact path', async () => {
    await start([LegacyGateway], { options: { allowedHosts: ['example.com'] } });
    expect(await refusal('/legacy')).toEqual([403, 'HOST_NOT_ALLOWED']);
    await running.close();
    await start([LegacyGateway], { options: { requireTls: true } });
    expect(await refusal('/legacy')).toEqual([403, 'INSECURE_TRANSPORT']);
    expect(await refusal('/legacy/')).toEqual([404, 'UNKNOWN_PATH']);
    expect(await refusal('/Legacy')).toEqual([404, 'UNKNOWN_PATH']);
  });

  it('R4 limits handshakes and connections per address', async () => {
    await start([LegacyGateway], { options: { maxConnectionsPerAddress: 1, connectRateLimit: 3 } });
    const client = await connect();
    expect(await refusal('/legacy')).toEqual([429, 'CONNECTION_LIMIT']);
    await client.close();
    await (await connect()).close();
    expect(await refusal('/legacy')).toEqual([429, 'RATE_LIMITED']);
  });

  it('R5 does not use up the connections of authenticated clients by tokens that nobody has verified', async () => {
    await start([LegacyGateway, EchoGateway], { options: { maxConnectionsPerAddress: 1 } });
    const legacy = await connect('/legacy', { token: 'anything' });
    const secured = await connect('/ws', { token: await mintToken() });
    expect(await refusal('/legacy', { token: await mintToken() })).toEqual([429, 'CONNECTION_LIMIT']);
    await legacy.close();
    await secured.close();
  });

  it('demands no credential, reads none, and leaves its client anonymous', async () => {
    const seen: unknown[] = [];

    @WebSocketGateway({ path: '/reads' })
    class Reads {
      handleConnection(client: WebSocket, request: { headers: Record<string, string> }): void {
        seen.push([connectionOf(client).principal.kind, request.headers['authorization']]);
      }
    }
    await start([Reads], { options: { authSources: ['header', 'cookie'], authCookie: 'token' } });
    await (await connect('/reads')).close();
    await (await connect('/reads', { headers: { authorization: 'Bearer forged' } })).close();
    await (await connect('/reads', { headers: { authorization: 'Bearer a', cookie: 'token=b' } })).close();
    expect(seen).toEqual([
      ['anonymous', undefined],
      ['anonymous', 'Bearer forged'],
      ['anonymous', 'Bearer a'],
    ]);
  });

  it('H8 never sends a credential back, and does not speak our protocol', async () => {
    @WebSocketGateway({
      path: '/choice',
      handleProtocols: (offered: Set<string>) => [...offered].find((entry) => entry.includes('.')) ?? false,
    } as object)
    class ChoosingGateway {}

    await start([LegacyGateway, ChoosingGateway]);
    const protocols = ['bearer.secret', 'ws-security.v1', 'chat'];
    const client = await connect('/legacy', { protocols });
    expect(client.socket.protocol).toBe('chat');
    client.send({ event: 'response', data: 'first' });
    expect(await client.next()).toEqual({ event: 'response', data: 'first' });
    await client.close();
    for (const offered of [protocols, ['ws-security.v1', 'chat']])
      await expect(connect('/choice', { protocols: offered })).rejects.toThrow('no subprotocol');
  });

  it('asks the connect guards of the module, and its own verifyClient', async () => {
    class Maintenance extends WsConnectGuard {
      override canConnect({ request }: Handshake): boolean {
        if (request.query.has('closed')) throw new HandshakeRefusal('OVERLOADED');
        return !request.query.has('forbidden');
      }
    }

    const gatewayWith = (path: string, verifyClient: unknown): Type => {
      @WebSocketGateway({ path, verifyClient } as object)
      class Verified {}
      return Verified;
    };
    interface Info {
      origin?: string;
      secure: boolean;
      req: { url: string };
    }
    const isGood = ({ origin, secure, req }: Info): boolean =>
      origin === undefined && !secure && req.url.endsWith('good');
    const gateways = [
      gatewayWith('/sync', isGood),
      gatewayWith('/promise', async (info: Info) => isGood(info)),
      gatewayWith('/callback', (info: Info, answer: (is: boolean, status?: number) => void) =>
        setImmediate(() => answer(isGood(info), 418)),
      ),
      gatewayWith('/throws', () => {
        throw new Error('broken');
      }),
    ];
    await start(gateways, { connectGuards: [Maintenance] });
    for (const path of ['/sync', '/promise', '/callback']) {
      await (await connect(`${path}?good`)).close();
      expect(await refusal(`${path}?bad`)).toEqual([403, 'FORBIDDEN']);
      expect(await refusal(`${path}?forbidden&good`)).toEqual([403, 'FORBIDDEN']);
      expect(await refusal(`${path}?closed&good`)).toEqual([503, 'OVERLOADED']);
    }
    expect(await refusal('/throws?good')).toEqual([403, 'FORBIDDEN']);
  });
});

describe('after 101, a client of an unsecured gateway', () => {
  it('R1 is closed with 4429 after a flood, which neither handlers nor own listeners see', async () => {
    const clock = new ManualClock();
    let calls = 0;

    @WebSocketGateway({ path: '/flood' })
    class Flooded {
      frames = 0;

      handleConnection(client: WebSocket): void {
        client.on('message', () => (this.frames += 1));
      }

      @SubscribeMessage('hit')
      hit(): void {
        calls += 1;
      }
    }
    await start([Flooded], { clock, options: { frameRate: 1, frameBurst: 5, strikeLimit: 3 } });
    const client = await connect('/flood');
    for (let i = 0; i < 20; i++) client.send({ event: 'hit' });
    expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'RATE_LIMITED' } });
    expect((await client.closed).code).toBe(4429);
    expect([calls, running.app.get(Flooded).frames]).toEqual([5, 5]);
  });

  it('I7 is closed when it sends too much, broken UTF-8 or unwanted binary', async () => {
    await start([LegacyGateway], { options: { maxPayloadBytes: 100 } });
    const codes: number[] = [];
    for (const send of [
      (client: TestClient) => client.send('x'.repeat(101)),
      (client: TestClient) => client.sendRaw(Buffer.from('818200000000fffe', 'hex')),
      (client: TestClient) => client.socket.send(Buffer.from('{"event":"response"}')),
    ]) {
      const client = await connect();
      send(client);
      codes.push((await client.closed).code);
    }
    expect(codes).toEqual([1009, 1007, 1003]);
  });

  it('may send binary frames where they are allowed, of any bytes', async () => {
    await start([RawGateway], { options: { allowBinary: true } });
    const client = await connect('');
    client.socket.send(Buffer.from([0xff, 0x00]));
    expect(await client.next()).toEqual({ raw: 'ff00', isBinary: true });
    client.socket.send(Buffer.from('{"event":"hello"}'));
    expect(await client.next()).toMatchObject({ isBinary: true });
    expect(await client.next()).toEqual({ event: 'hello', data: null });
    await client.close();
  });

  it('R9 has a limited number of running handlers, and loses no message', async () => {
    await start([LegacyGateway], { options: { maxInFlight: 1, maxQueued: 1 } });
    const client = await connect();
    client.send({ event: 'slow', data: 'first' });
    for (let i = 0; i < 10; i++) client.send({ event: 'response', data: i });
    await untilPaused();
    expect(client.take()).toEqual([]);
    LegacyGateway.finishSlow();
    const answers = [];
    while (answers.length < 11) answers.push((await client.next()).data);
    expect(answers).toEqual(['first', ...Array(10).keys()]);
    await client.close();
  });

  it('R8 is closed with 1013 if it does not read what the gateway sends', async () => {
    let onClosing: (code: unknown) => void = () => undefined;
    const closing = new Promise((resolve) => (onClosing = resolve));

    @WebSocketGateway({ path: '/firehose' })
    class Firehose {
      @SubscribeMessage('start')
      async start(@ConnectedSocket() client: WebSocket): Promise<void> {
        while (client.readyState === 1) {
          client.send(JSON.stringify('x'.repeat(10_000)));
          await new Promise((resolve) => setImmediate(resolve));
        }
        onClosing(servedOf(connectionOf(client)).closedWith);
      }
    }
    await start([Firehose], { options: { maxBufferedBytes: 100_000 } });
    const client = await connect('/firehose');
    client.send({ event: 'start' });
    client.socket.pause();
    expect(await closing).toBe(1013);
    client.socket.terminate();
  });

  it('S3 S4 is pinged, and closed when it is idle or its session is too old', async () => {
    const clock = new ManualClock();
    await start([LegacyGateway], {
      clock,
      options: { heartbeatIntervalMs: 1000, idleTimeoutMs: 5000, sessionMaxAgeMs: 8000 },
    });
    const client = await connect();
    const pinged = new Promise<void>((resolve) => client.socket.once('ping', () => resolve()));
    clock.advance(1000);
    await pinged;
    const active = await connect();
    clock.advance(3000);
    active.send({ event: 'response', data: 1 });
    await active.next();
    clock.advance(2000);
    expect((await client.closed).code).toBe(4440);
    expect(active.socket.readyState).toBe(1);
    clock.advance(8000);
    expect((await active.closed).code).toBe(4440);
  });

  it('S8 is answered and closed with 1012 by a drain, which waits for its last hook', async () => {
    await start([LegacyGateway]);
    LegacyGateway.log = [];
    const client = await connect();
    client.send({ event: 'slow', data: 'before the end' });
    client.send({ event: 'response', data: 'read' });
    await client.next();
    const drained = running.app.get(DrainService).recycle();
    LegacyGateway.finishSlow();
    expect(await client.next()).toEqual({ event: 'slow', data: 'before the end' });
    expect((await client.closed).code).toBe(1012);
    await drained;
    expect(LegacyGateway.log).toContain('disconnected 3 1012');
  });

  it('is among the connections of the registry, but gets no broadcast', async () => {
    await start([LegacyGateway, EchoGateway]);
    const registry = running.app.get(ConnectionRegistry);
    const [legacy, secured] = [await connect(), await connect('/ws', { token: await mintToken() })];
    const connection = [...registry].find(({ path }) => path === '/legacy') as Connection;
    expect(connection.principal.id).toBeNull();
    await registry.broadcast('secret', 1);
    expect(await secured.next()).toEqual({ event: 'secret', data: 1 });
    await expect(registry.join(connection, 'lobby')).rejects.toThrow(ForbiddenEventException);
    connection.push('own', 2);
    expect(await legacy.next()).toEqual({ event: 'own', data: 2 });
    await legacy.close();
    await secured.close();
    expect(registry.size).toBe(0);
  });
});

describe('L5 what an unsecured gateway throws', () => {
  let logged: Logged;

  beforeEach(async () => {
    await start([FailingGateway]);
    logged = new Logged();
  });
  afterEach(() => logged.stop());

  it.each(['now', 'later'])('in its connect hook, %s, closes the connection with 1011', async (when) => {
    const client = await connect(`/failing?${when}`);
    expect((await client.closed).code).toBe(1011);
    await (await connect('/failing')).close();
    expect(logged.texts).toContain('FailingGateway.handleConnection failed');
    expect(logged.texts).toContain('FailingGateway.handleDisconnect failed');
  });

  it.each([
    ['a listener', 'fail', undefined],
    ['an answer', '{"event":"unsendable"}', undefined],
    ['a filter', '{"event":"filter"}', undefined],
    ['the teardown of a stream', '{"event":"teardown"}', 'begun'],
  ])('in %s neither ends the connection nor the process', async (_name, text, first) => {
    const client = await connect('/failing');
    client.send(text);
    if (first !== undefined) expect(await client.next()).toBe(first);
    client.send({ event: 'hello' });
    expect(await client.next()).toBe('still here');
    await client.close();
    const other = await connect('/failing');
    other.send({ event: 'hello' });
    expect(await other.next()).toBe('still here');
    await other.close();
    expect(logged.texts).toContainEqual(expect.stringContaining('unsecured gateway'));
  });
});

/** Resolves when the server has stopped to read from its only client. */
async function untilPaused(): Promise<void> {
  const isPaused = (): boolean =>
    [...running.app.get(ConnectionRegistry)].every((one) => servedOf(one).isPaused);
  while (!isPaused()) await new Promise((resolve) => setImmediate(resolve));
}
