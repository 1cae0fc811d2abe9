import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { WebSocketConstructor } from 'nestjs-ws-security/client';
import {
  cleanups,
  clientOf,
  connected,
  provider,
  Queue,
  serve,
  session,
  useProtocolServers,
} from '../support/protocol-server.js';

useProtocolServers();

const unhandled: unknown[] = [];
const note = (reason: unknown): unknown => unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));
afterEach(async () => {
  await new Promise((resolve) => void setImmediate(resolve));
  expect(unhandled.splice(0)).toEqual([]);
});

it('ignores thousands of wrong frames', async () => {
  const { client, peer } = await connected();
  const heard: unknown[] = [];
  for (const type of ['session', 'goodbye', 'resumed', 'refreshed'] as const)
    client.on(type, (value) => heard.push(value));
  const marks = new Queue<unknown>();
  client.onPush('mark', (data) => marks.push(data));
  const nested = '['.repeat(5_000);
  const wrong: (string | object)[] = [
    '',
    'x',
    '7',
    nested,
    '"event"',
    '{"event":{}}',
    '{"__proto__":{"event":"mark"}}',
    ...[null, 7, 'text', [], {}].flatMap((data) => [
      { event: 'session', data },
      { event: 'goodbye', data },
      { event: 'exception', data, id: 'nobody' },
      { event: 'auth', data, id: {} },
      { event: 'x', data, id: 1e9 },
    ]),
  ];
  for (let round = 0; round < 100; round++) peer.send(...wrong);
  peer.send({ event: 'mark', data: 1 });
  expect(await marks.next()).toBe(1);
  expect(heard).toEqual([]);
  expect(client.state).toBe('open');
});

it('survives listeners that throw because of what it sends', async () => {
  const reported = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { client, peer } = await connected();
  const marks = new Queue<unknown>();
  client.on('session', ({ principal: { id } }) => void id);
  client.onPush('mark', (data) => marks.push(data));
  peer.send({ event: 'session', data: { connectionId: 'c' } }, { event: 'mark', data: 1 });
  await marks.next();
  expect(reported).toHaveBeenCalledTimes(1);
  reported.mockRestore();
});

it.each([
  ['an object that is no number', '{"valueOf":1,"toString":1}'],
  ['5,000 nested arrays', '['.repeat(5_000) + ']'.repeat(5_000)],
  ['a text', '"soon"'],
  ['null', 'null'],
  ['a negative number', '-1'],
])('hears frames after a session whose numbers are %s', async (_, value) => {
  const reported = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { client, peer } = await connected({ token: () => 'any' });
  const marks = new Queue<unknown>();
  client.onPush('mark', (data) => marks.push(data));
  const hostile = JSON.stringify(session({ heartbeatMs: 7, expiresAt: 7 })).replaceAll(':7', `:${value}`);
  peer.send(hostile, { event: 'mark', data: 1 }, { event: 'mark', data: 2 });
  expect([await marks.next(), await marks.next()]).toEqual([1, 2]);
  peer.send(session(), { event: 'mark', data: 3 });
  expect(await marks.next()).toBe(3);
  reported.mockRestore();
});

it('closes for good when a message is too long, without parsing it', async () => {
  const { client, peer, until } = await connected({ maxMessageLength: 100, token: () => 'abc' });
  const heard = jest.fn();
  client.on('push', heard);
  const text = JSON.stringify({ event: 'x', data: '' });
  peer.send(text.replace('""', JSON.stringify('ö'.repeat(100 - text.length))));
  peer.send(text.replace('""', JSON.stringify('ö'.repeat(101 - text.length))));
  expect(await until('closed')).toMatchObject({ code: 1009, next: 'never' });
  expect(heard).toHaveBeenCalledTimes(1);
  expect(client.session).toBeNull();
});

it.each([1012, 1013, 4419, 4429, 4440, 1006])(
  'S7 does not reconnect in a tight loop when a server closes at once with %i',
  async (code) => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { token: () => 'any', random: () => 0.5 });
    void client.connect();
    const began = Date.now();
    const gaps: number[] = [];
    for (let round = 0; round < 12; round++) {
      const peer = await server.peers.next();
      if (code === 1006) peer.socket.terminate();
      else peer.socket.close(code);
      const { retryAt } = await until('waiting');
      gaps.push((retryAt as number) - Date.now());
      jest.advanceTimersToNextTimer();
      jest.setSystemTime(retryAt as number);
      client.retryNow();
    }
    expect(gaps.slice(0, 4)).toEqual([1_000, 1_500, 2_500, 4_500]);
    expect(gaps.slice(6)).toEqual(Array.from({ length: 6 }, () => 10_500));
    expect(Date.now() - began).toBeGreaterThan(80_000);
  },
);

it('pings at most once a second, whatever heartbeat the server asks for', async () => {
  const { client, peer } = await connected();
  const told = new Queue<unknown>();
  client.on('session', (body) => told.push(body));
  peer.send(session({ heartbeatMs: 0.001 }));
  await told.next();
  jest.advanceTimersByTime(999);
  expect(client.send('mark')).toBe(true);
  expect(await peer.frames.next()).toEqual({ event: 'mark' });
  jest.advanceTimersByTime(1);
  expect(await peer.frames.next()).toEqual({ event: 'ping' });
});

it.each([301, 302, 307, 308])(
  'T6 sends no credential to another host after a redirect with %i',
  async (status) => {
    const elsewhere: string[] = [];
    const thief = createHttpServer((request) => elsewhere.push(JSON.stringify(request.headers)));
    thief.on('upgrade', (request, socket: Socket) => {
      elsewhere.push(JSON.stringify(request.headers));
      socket.destroy();
    });
    const seen: unknown[] = [];
    const server = createHttpServer().on('upgrade', (request, socket: Socket) => {
      seen.push(request.headers['sec-websocket-protocol']);
      const { port } = thief.address() as AddressInfo;
      socket.end(
        `HTTP/1.1 ${status} Moved\r\nLocation: ws://127.0.0.1:${port}/ws\r\nContent-Length: 0\r\n\r\n`,
      );
    });
    for (const one of [thief, server]) {
      one.listen(0, '127.0.0.1');
      await once(one, 'listening');
      cleanups.push(() => void one.close());
    }
    const { port } = server.address() as AddressInfo;
    const { client, until } = clientOf(`ws://127.0.0.1:${port}`, { token: () => 'secret' });
    void client.connect();
    for (let attempt = 1; attempt < 4; attempt++) {
      expect(await until('waiting')).toMatchObject({ code: 1006, attempt });
      client.retryNow();
    }
    expect(seen[0]).toBe('ws-security.v1,bearer.secret');
    expect(elsewhere).toEqual([]);
  },
);

it('keeps at most as many requests as configured, and none after the end', async () => {
  const { client } = await connected();
  const outcomes = Array.from({ length: 3_000 }, () =>
    client.request('never').catch((error: unknown) => (error as { code: string }).code),
  );
  client.close();
  const codes = await Promise.all(outcomes);
  expect(codes.filter((code) => code === 'OVERLOADED')).toHaveLength(3_000 - 1_024);
  expect(codes.filter((code) => code === 'DISCONNECTED')).toHaveLength(1_024);
});

it('does not reconnect early because the server changed the hint', async () => {
  const { client, peer, until } = await connected({ token: provider('a') });
  const goodbye = { code: 1012, reason: 'r', reconnect: 'backoff' };
  peer.send({ event: 'goodbye', data: { ...goodbye, retryAfterMs: 1e300 } });
  peer.socket.close(1012);
  expect((await until('waiting')).retryAt).toBeLessThan(Date.now() + 2 ** 31);
  jest.advanceTimersByTime(3_600_000);
  expect(client.state).toBe('waiting');
});

/** Node 22 emits only an error for a failed handshake. Other runtimes also emit a close event. */
class SilentlyFailing extends EventTarget {
  static readonly made: SilentlyFailing[] = [];
  readonly readyState = 0;

  constructor() {
    super();
    SilentlyFailing.made.push(this);
  }

  send(): void {}
  close(): void {}
}

it('S7 counts a failed handshake without a close event, long before the attempt times out', async () => {
  const made = SilentlyFailing.made;
  const WebSocket = SilentlyFailing as unknown as WebSocketConstructor;
  const { client, until } = clientOf('ws://127.0.0.1:9', { WebSocket });
  void client.connect();
  for (const attempt of [1, 2]) {
    while (made.length < attempt) await new Promise((resolve) => void setImmediate(resolve));
    made.at(-1)?.dispatchEvent(new Event('error'));
    jest.advanceTimersByTime(1_000);
    expect(await until('waiting')).toMatchObject({ code: 1006, reason: '', next: 'backoff', attempt });
    client.retryNow();
  }
});

it.each([
  ['no entry of a header', 'a b'],
  ['two entries', 'a,b'],
  ['nothing', ''],
  ['longer than a header', 'x'.repeat(20_000)],
])('S5 starts a new session when the resume token is %s', async (_, token) => {
  const { server, peer, until } = await connected();
  peer.send(session({ resume: { token, seq: 1, recovered: false } }));
  peer.socket.close(1012);
  await until('waiting');
  jest.advanceTimersByTime(500);
  expect((await server.peers.next()).offered).toEqual(['ws-security.v1']);
  await until('open');
});
