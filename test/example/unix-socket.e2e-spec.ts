import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { serviceConfig } from '../../example/server/service-config.js';
import { bundledService } from '../support/bundled.js';
import { handshake } from '../support/proxied-handshake.js';
import { Service } from '../support/service.js';
import { SocketFolder } from '../support/socket-folder.js';

const sockets = new SocketFolder();
let place: Awaited<ReturnType<SocketFolder['place']>>;
let service: Service & { url: string };

beforeAll(async () => {
  place = await sockets.place();
  service = await Service.start(place);
});

afterAll(async () => {
  await service.stop();
  await sockets.remove();
});

async function health(socketPath: string): Promise<number | undefined> {
  const [response] = (await once(get({ socketPath, path: '/health', agent: false }), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response.statusCode;
}

it('does not take the socket of another process', async () => {
  const second = Service.spawn(place);
  expect((await second.exited).code).toBe(1);
  expect(second.stderr).toContain('EADDRINUSE');
  expect(await health(place.SOCKET_PATH)).toBe(200);
});

it('starts again on the socket of a process that was killed', async () => {
  service.process.kill('SIGKILL');
  await service.exited;
  await expect(health(place.SOCKET_PATH)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  service = await Service.start(place);
  expect(await health(place.SOCKET_PATH)).toBe(200);
});

// The last one with this service: it ends it.
it('the reference service listens on a Unix socket, and removes it when it stops', async () => {
  expect(service.url).toBe(`http://unix:${place.SOCKET_PATH}`);
  expect(await health(place.SOCKET_PATH)).toBe(200);
  const { status, end } = await handshake(service.url);
  expect(status).toBe(101);
  end();
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  await expect(health(place.SOCKET_PATH)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('does not remove a file that is not a socket', async () => {
  await writeFile(place.SOCKET_PATH, 'a file');
  const other = Service.spawn(place);
  expect((await other.exited).code).toBe(1);
  expect(other.stderr).toContain('EADDRINUSE');
  await rm(place.SOCKET_PATH);
});

it.each([
  ['with a port', { PORT: '3000' }],
  ['with a host', { HOST: '127.0.0.1' }],
  ['with a relative path', { SOCKET_PATH: 'service.sock' }],
  ['with a path that is too long', { SOCKET_PATH: `/${'x'.repeat(103)}` }],
])('C1 SOCKET_PATH prevents the start %s', (_, env) => {
  expect(() => serviceConfig({ ...place, ...env })).toThrow(/^SOCKET_PATH: must /m);
});

it('C1 SOCKET_PATH prevents the start of several nodes', async () => {
  const nodes = Service.spawn(place, bundledService('nodes/main'));
  expect((await nodes.exited).code).toBe(1);
  expect(nodes.stderr).toMatch(/^SOCKET_PATH: is for one instance/m);
});
