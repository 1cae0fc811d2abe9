import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WsSecurityOptions } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { type RawAnswer, rawHandshake, requestText } from '../support/raw-handshake.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;
let door: Server;
let folder: string;
let path: string;

/** Starts a service that a proxy reaches over a Unix socket, and everybody else over TCP. */
async function start(options: WsSecurityOptions): Promise<void> {
  running = await startApp({ gateways: [EchoGateway], options: { requireTls: true, ...options } });
  folder = await mkdtemp(join(tmpdir(), 'unix-'));
  path = join(folder, 'service.sock');
  const http = running.app.getHttpServer() as Server;
  door = createServer((socket) => void http.emit('connection', socket)).listen(path);
  await once(door, 'listening');
}

afterEach(async () => {
  await running.close();
  door.close();
  await rm(folder, { recursive: true });
});

/** A handshake as a proxy passes it on for a client. */
async function from(client: string, to: number | string = path): Promise<RawAnswer> {
  const headers = {
    Authorization: `Bearer ${await mintToken()}`,
    'X-Forwarded-For': client,
    'X-Forwarded-Proto': 'https',
  };
  return rawHandshake(to, requestText('/ws', headers));
}

it('H13 T1 a trusted proxy on a Unix socket tells the address and the transport of its clients', async () => {
  await start({ trustedProxies: ['unix'], connectRateLimit: 2 });
  const answers = [];
  for (const client of ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])
    answers.push((await from(client)).status);
  expect(answers).toEqual([101, 101, 429, 101]);
});

it('H13 T1 trust in the Unix socket is none in TCP', async () => {
  await start({ trustedProxies: ['unix'] });
  expect((await from('192.0.2.1', running.port)).status).toBe(403);
});

it('H13 T1 a proxy on a Unix socket is not trusted unless the configuration says so', async () => {
  await start({ trustedProxies: ['loopback'] });
  expect((await from('192.0.2.1')).status).toBe(403);
  expect((await from('192.0.2.1', running.port)).status).toBe(101);
});
