import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { SocketDeadline } from './socket-deadline.js';

let clock: ManualClock;
let server: Server;
let deadline: SocketDeadline;

beforeEach(async () => {
  clock = new ManualClock();
  server = createServer();
  deadline = new SocketDeadline(server, new TimerWheel(clock), clock);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
});

afterEach(async () => {
  deadline.detach();
  server.close();
  await once(server, 'close');
});

/** Connects a client and waits until the server has accepted it. */
async function open(host: string, localPort?: number): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'connection');
  const socket = connect({
    host,
    port,
    localAddress: '127.0.0.1',
    ...(localPort !== undefined && { localPort }),
  });
  await Promise.all([arrived, once(socket, 'connect')]);
  return socket;
}

// Only Linux has 127.0.0.2 by default.
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('R10 cuts two silent clients with one source port at two server addresses', async () => {
  const first = await open('127.0.0.1');
  const second = await open('127.0.0.2', first.localPort);
  const closed = Promise.all([once(first, 'close'), once(second, 'close')]);
  clock.advance(10_000);
  await closed;
});

it('leaves silent peers on a Unix socket alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deadline-'));
  const path = join(folder, 'server');
  const local = createHttpServer((_request, response) => response.end('served')).listen(path);
  const watch = new SocketDeadline(local, new TimerWheel(clock), clock);
  const client = connect(path);
  await once(local, 'connection');
  clock.advance(10_000);
  client.write('GET / HTTP/1.1\r\nHost: service.test\r\nConnection: close\r\n\r\n');
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
  client.destroy();
  watch.detach();
  local.close();
  await once(local, 'close');
  rmSync(folder, { recursive: true });
});
