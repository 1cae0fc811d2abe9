import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Test } from '@nestjs/testing';
import { SecureGateway, WsSecurityModule } from 'nestjs-ws-security';
import { WebSocket, WebSocketServer } from 'ws';
import { certificate } from '../support/certificate.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { HeldGuard } from '../support/held.guard.js';
import { ManualClock } from '../support/manual-clock.js';
import { NEIGHBOURS, type Neighbour } from '../support/neighbours.js';
import { ownPort } from '../support/own-port.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp } from '../support/start-app.js';
import { startWithNeighbour } from '../support/shared-server.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const named = (name: string): Neighbour => NEIGHBOURS.find((one) => one.name === name) as Neighbour;
const greedy = named('a WebSocketServer without a path');
const socketIo = named('Socket.IO');

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Finds the server of a gateway with its own port through Node's diagnostics channel. */
async function serverOn(port: number): Promise<Server> {
  let found: Server | undefined;
  const look = (message: unknown): void => void (found = (message as { server: Server }).server);
  subscribe('http.server.request.start', look);
  try {
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426);
  } finally {
    unsubscribe('http.server.request.start', look);
  }
  return found as Server;
}

async function expectOurs(url: string): Promise<void> {
  const client = await TestClient.connect(url, { token: await mintToken() });
  expect(await client.request('echo', { text: 'ours' })).toMatchObject({ data: { text: 'ours' } });
  await client.close();
  expect(await TestClient.refused(url)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
}

afterEach(() => HeldGuard.reset());

describe('other upgrade listeners', () => {
  it.each(['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const)(
    'H15 L5 added with %s see no upgrade of our paths, and all others',
    async (method) => {
      const seen: string[] = [];
      const listen = ({ url }: IncomingMessage, socket: Socket): void => {
        if (url?.startsWith('/ws?')) throw new Error('a neighbour that fails on our path');
        seen.push(url ?? '');
        socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
      };
      const app = await startApp({
        gateways: [EchoGateway],
        beforeInit: (application) => void (application.getHttpServer() as Server)[method]('upgrade', listen),
      });
      (app.app.getHttpServer() as Server)[method]('upgrade', listen);
      await expectOurs(`${app.url}/ws?x=1`);
      expect(seen).toEqual([]);
      expect((await rawHandshake(app.port, requestText('/other'))).status).toBe(418);
      expect(seen).toEqual(['/other', '/other']);
      await app.close();
    },
  );

  it('H15 do not include our own: an unknown path is 404 at once', async () => {
    const app = await startApp({ gateways: [EchoGateway] });
    const { status, body } = await rawHandshake(app.port, requestText('/other'));
    expect([status, JSON.parse(body)]).toMatchObject([404, { code: 'UNKNOWN_PATH' }]);
    await app.close();
  });

  it('H15 may be removed and replaced: our paths stay ours', async () => {
    const app = await startApp({ gateways: [EchoGateway] });
    const server = app.app.getHttpServer() as Server;
    server.removeAllListeners('upgrade');
    const end = greedy.attach(server);
    await expectOurs(`${app.url}/ws`);
    expect(await greedy.greet(app.url)).toBe('hello');
    await end();
    await app.close();
  });

  it('H15 see no upgrade of ours when emit is replaced, before or after', async () => {
    const passed: string[] = [];
    const instrument = (server: Server, name: string): void => {
      const emit = server.emit.bind(server) as (event: string, ...args: unknown[]) => boolean;
      server.emit = (event: string, ...args: unknown[]) => {
        if (event === 'upgrade') passed.push(name);
        return emit(event, ...args);
      };
    };
    const shared = await startWithNeighbour(greedy, 'before the gateways', {});
    instrument(shared.server, 'after');
    await expectOurs(`${shared.url}/ws`);
    expect(passed).toEqual(['after', 'after']);
    await shared.end();
    const app = await startApp({
      gateways: [EchoGateway],
      beforeInit: (application) => instrument(application.getHttpServer() as Server, 'before'),
    });
    const end = greedy.attach(app.app.getHttpServer() as Server);
    await expectOurs(`${app.url}/ws`);
    expect(await greedy.greet(app.url)).toBe('hello');
    expect(passed).toEqual(['after', 'after', 'before']);
    await end();
    await app.close();
  });

  it('our gateways keep working when the interception of emit is deleted', async () => {
    const app = await startApp({ gateways: [EchoGateway] });
    Reflect.deleteProperty(app.app.getHttpServer() as Server, 'emit');
    await expectOurs(`${app.url}/ws`);
    expect((await rawHandshake(app.port, requestText('/other'))).status).toBe(404);
    await app.close();
  });
});

describe('H15 a neighbour that decides late', () => {
  it('may take 3 s before it touches the socket, wherever its listener stands', async () => {
    for (const method of ['on', 'prependListener'] as const) {
      const others = new WebSocketServer({ noServer: true });
      const deciders: (() => void)[] = [];
      const shared = await startWithNeighbour(
        {
          attach(server) {
            server[method]('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
              deciders.push(() =>
                others.handleUpgrade(request, socket, head, (client) => client.close(4000)),
              );
            });
            return () => others.close();
          },
        },
        'after listen',
      );
      const answer = rawHandshake(shared.port, requestText('/other'));
      while (deciders.length === 0) await immediate();
      shared.clock.advance(2900);
      deciders[0]?.();
      expect((await answer).status).toBe(101);
      await shared.end();
    }
  });

  it('keeps a socket it has listened to for as long as it likes', async () => {
    const taken: Socket[] = [];
    const shared = await startWithNeighbour(
      {
        attach(server) {
          server.prependListener('upgrade', (_request: IncomingMessage, socket: Socket) => {
            // The listener is removed again, but the socket was touched.
            const ignore = (): void => undefined;
            taken.push(socket.on('error', ignore).off('error', ignore));
          });
          return () => undefined;
        },
      },
      'after listen',
    );
    const answer = rawHandshake(shared.port, requestText('/other'));
    while (taken.length === 0) await immediate();
    shared.clock.advance(60_000);
    expect(taken[0]?.destroyed).toBe(false);
    taken[0]?.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
    expect((await answer).status).toBe(418);
    await shared.end();
  });
});

it('H15 R10 an upgrade whose body has not arrived yet ends like the others', async () => {
  const shared = await startWithNeighbour({ attach: () => () => undefined }, 'after listen');
  const send = (path: string): Promise<{ status: number }> =>
    rawHandshake(shared.port, requestText(path, { 'Content-Length': '5' }));
  expect((await send('/ws')).status).toBe(400);
  const unknown = send('/unknown');
  while (!shared.seen.includes('/unknown')) await immediate();
  shared.clock.advance(9100);
  expect((await unknown).status).toBe(400);
  expect(shared.seen).toEqual(['/unknown']);
  await shared.end();
});

describe.each(['express', 'fastify'] as const)('over TLS, on %s', (platform) => {
  it.each([greedy.name, socketIo.name])('H15 beside %s our paths stay ours', async (name) => {
    const neighbour = named(name);
    for (const attachTime of ['before the gateways', 'after listen'] as const) {
      const shared = await startWithNeighbour(neighbour, attachTime, { platform, tls: await certificate() });
      const { asked, decide } = HeldGuard.hold();
      const token = await mintToken();
      const url = shared.url.replace(/^ws:/, 'wss:');
      const connecting = TestClient.connect(`${url}/ws`, { token });
      await asked;
      expect(await neighbour.greet(url)).toBe('hello');
      decide();
      await (await connecting).close();
      await expectOurs(`${url}/ws`);
      expect(shared.seen).not.toContain('/ws');
      await shared.end();
    }
  });
});

describe('a gateway with a port of its own', () => {
  it.each(['express', 'fastify'] as const)(
    'H15 is alone on its path and has no path of the other servers, on %s',
    async (platform) => {
      const port = await ownPort();
      @SecureGateway({ path: '/own', port })
      class OwnPortGateway extends EchoGateway {}
      const shared = await startWithNeighbour(greedy, 'before the gateways', {
        platform,
        gateways: [EchoGateway, OwnPortGateway],
      });
      const own = `ws://127.0.0.1:${port}`;
      const server = await serverOn(port);
      const end = greedy.attach(server);
      const { asked, decide } = HeldGuard.hold();
      const connecting = TestClient.connect(`${own}/own`, { token: await mintToken() });
      await asked;
      expect(await greedy.greet(own)).toBe('hello');
      decide();
      await (await connecting).close();
      await expectOurs(`${own}/own`);
      await expectOurs(`${shared.url}/ws`);
      const theirs = [rawHandshake(shared.port, requestText('/own')), rawHandshake(port, requestText('/ws'))];
      expect((await Promise.all(theirs)).map(({ status }) => status)).toEqual([101, 101]);
      expect(shared.seen).toEqual(['/own']);
      await end();
      await shared.end();
      expect(Object.hasOwn(server, 'emit')).toBe(false);
    },
  );
});

describe('requests that a neighbour hides from other listeners', () => {
  const answer = (_request: IncomingMessage, response: ServerResponse): void => void response.end('theirs');

  const takers: [string, Record<string, string>, (server: Server) => unknown][] = [
    ['Socket.IO', {}, (server) => socketIo.attach(server)],
    ['checkExpectation', { Expect: 'a miracle' }, (server) => server.on('checkExpectation', answer)],
  ];

  it.each(takers)('H15 R10 do not make the client look silent: %s', async (_name, headers, attach) => {
    const shared = await startWithNeighbour(
      { attach: (server) => (attach(server), () => undefined) },
      'after listen',
    );
    const socket = connect(shared.port, '127.0.0.1');
    const lines = Object.entries({ Host: 'service.test', ...headers }).map(
      ([key, value]) => `${key}: ${value}`,
    );
    const request = ['GET /socket.io/?EIO=4&transport=polling HTTP/1.1', ...lines, '', ''].join('\r\n');
    const ask = async (): Promise<string> => {
      socket.write(request);
      return Promise.race([once(socket, 'data'), once(socket, 'close')]).then(String);
    };
    expect(await ask()).toMatch(/^HTTP\/1\.1 200 /);
    shared.clock.advance(20_000);
    expect(await ask()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
    await shared.end();
  });
});

describe('a shutdown', () => {
  it('H15 keeps our paths from the neighbours until the server has closed, and then leaves no listener behind', async () => {
    const port = await ownPort();
    @SecureGateway({ path: '/own', port })
    class OwnPortGateway extends EchoGateway {}
    const shared = await startWithNeighbour(greedy, 'before the gateways', {
      gateways: [EchoGateway, OwnPortGateway],
    });
    const own = await serverOn(port);
    const end = greedy.attach(own);
    // An open connection delays the end of this server, and so the end of the other.
    const client = new WebSocket(`ws://127.0.0.1:${port}/other`);
    await once(client, 'open');
    const closed = shared.end();
    while (own.listening) await immediate();
    expect(shared.server.listening).toBe(true);
    const { status, body } = await rawHandshake(shared.port, requestText('/ws'));
    expect([status, JSON.parse(body)]).toMatchObject([503, { code: 'DRAINING' }]);
    client.terminate();
    await closed;
    await end();
    for (const server of [shared.server, own]) {
      expect(Object.hasOwn(server, 'emit')).toBe(false);
      expect(server.listenerCount('close')).toBe(0);
    }
    expect(shared.seen).toEqual([]);
    // After us, the server's next user gets all paths.
    const last = greedy.attach(shared.server);
    shared.server.listen(0, '127.0.0.1');
    await once(shared.server, 'listening');
    const after = rawHandshake((shared.server.address() as AddressInfo).port, requestText('/ws'));
    expect((await after).status).toBe(101);
    await last();
    shared.server.close();
  });

  it('H15 of an application that never listened leaves no listener behind either', async () => {
    const app = await Test.createTestingModule({
      imports: [WsSecurityModule.forRoot({ jwtSecret: SECRET, logSecurityEvents: false })],
      providers: [EchoGateway],
    }).compile();
    const application = app.createNestApplication({ logger: false });
    const server = application.getHttpServer() as Server;
    await application.init();
    expect([Object.hasOwn(server, 'emit'), server.listenerCount('upgrade')]).toEqual([true, 1]);
    await application.close();
    expect([Object.hasOwn(server, 'emit'), server.listenerCount('upgrade')]).toEqual([false, 0]);
  });

  it('H15 does not wait for a neighbour that has not touched an upgrade yet', async () => {
    const seen: string[] = [];
    const app = await startApp({ gateways: [EchoGateway], clock: new ManualClock() });
    (app.app.getHttpServer() as Server).on('upgrade', ({ url }) => seen.push(url ?? ''));
    const answer = rawHandshake(app.port, requestText('/other'));
    while (seen.length === 0) await immediate();
    await app.close();
    expect((await answer).status).toBe(503);
  });
});
