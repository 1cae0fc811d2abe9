import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { certificate } from '../../../test/support/certificate.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { SocketDeadline } from './socket-deadline.js';

const HEAD = 'GET / HTTP/1.1\r\nHost: service.test\r\n';

let clock: ManualClock;
let server: Server;
let deadline: SocketDeadline;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

async function listen(next: Server): Promise<void> {
  clock = new ManualClock();
  server = next;
  // Node's own keep-alive timeout must not end the connections of these tests.
  server.keepAliveTimeout = 0;
  deadline = new SocketDeadline(server, new TimerWheel(clock), clock);
  answer = (_request, response) => void response.end('served');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

afterEach(async () => {
  deadline.detach();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

/** Both ends of a connection whose first request the server has read. */
async function ask(request: string): Promise<{ client: Socket; peer: Socket }> {
  const { port } = server.address() as AddressInfo;
  const at = { port, host: '127.0.0.1' };
  const isTls = 'setSecureContext' in server;
  const client = isTls ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
  client.on('error', () => undefined);
  const asked = once(server, 'request') as Promise<[IncomingMessage]>;
  client.write(request);
  const [{ socket }] = await asked;
  return { client, peer: socket };
}

async function served(): Promise<{ client: Socket; peer: Socket }> {
  const ends = await ask(`${HEAD}\r\n`);
  await once(ends.client, 'data');
  // The next check finds the exchange finished.
  clock.advance(1000);
  return ends;
}

async function write({ client, peer }: { client: Socket; peer: Socket }, text: string): Promise<void> {
  const before = peer.bytesRead;
  client.write(text);
  while (peer.bytesRead === before) await new Promise((resolve) => setImmediate(resolve));
}

describe.each([
  ['http', () => Promise.resolve(createServer())],
  ['https', async () => createTlsServer(await certificate())],
])('a keep-alive connection of %s', (_scheme, create) => {
  beforeEach(async () => listen(await create()));

  it.each([
    ['half a request head', [HEAD, 'X-A: 1\r\n', 'X-B: 2\r\n']],
    ['half a request line', ['G', 'E', 'T']],
    ['line ends before a request', ['\r\n', '\r\n', '\r\n']],
  ])('R10 with %s sent slowly is cut within 10 s of its first byte', async (_what, drops) => {
    const ends = await served();
    const closed = once(ends.client, 'close');
    for (const drop of drops) {
      expect(ends.peer.destroyed).toBe(false);
      await write(ends, drop);
      clock.advance(3000);
    }
    clock.advance(1000);
    expect(ends.peer.destroyed).toBe(true);
    await closed;
  });

  it('R10 may be silent for as long as the application allows', async () => {
    const ends = await served();
    clock.advance(600_000);
    const again = once(ends.client, 'data');
    await write(ends, `${HEAD}\r\n`);
    await again;
    clock.advance(600_000);
    expect(ends.peer.destroyed).toBe(false);
  });

  it('R10 may send slow requests one after another', async () => {
    const ends = await served();
    for (let round = 0; round < 3; round++) {
      await write(ends, HEAD);
      clock.advance(8000);
      const answered = once(ends.client, 'data');
      await write(ends, '\r\n');
      await answered;
      clock.advance(1000);
    }
    expect(ends.peer.destroyed).toBe(false);
  });

  it('R10 may send a body for as long as the application reads it, also after the answer', async () => {
    const ends = await ask(HEAD.replace('GET', 'POST') + 'Content-Length: 3\r\n\r\na');
    await once(ends.client, 'data');
    for (const drop of ['b', 'c']) {
      clock.advance(20_000);
      expect(ends.peer.destroyed).toBe(false);
      await write(ends, drop);
    }
  });

  it('R10 may wait for its answer', async () => {
    let respond = (): void => undefined;
    answer = (_request, response) => (respond = () => void response.end('late'));
    const ends = await ask(`${HEAD}\r\n`);
    await write(ends, HEAD);
    clock.advance(60_000);
    expect(ends.peer.destroyed).toBe(false);
    const answered = once(ends.client, 'data');
    respond();
    await answered;
  });

  it('S8 with half a request head does not delay a shutdown', async () => {
    const ends = await served();
    await write(ends, HEAD);
    const closed = once(ends.client, 'close');
    deadline.detach();
    await closed;
  });

  it('R10 is left alone after an upgrade', async () => {
    server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
      deadline.settle(request.socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\n');
      socket.resume();
    });
    const ends = await served();
    const upgraded = once(ends.client, 'data');
    await write(ends, `${HEAD}Upgrade: test\r\nConnection: Upgrade\r\n\r\n`);
    await upgraded;
    await write(ends, 'drop');
    clock.advance(60_000);
    expect(ends.peer.destroyed).toBe(false);
    ends.peer.destroy();
  });
});
