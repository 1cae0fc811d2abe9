import { spawnSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { ConnectError, RequestError } from 'nestjs-ws-security/client';
import {
  clientOf,
  connected,
  goodbye,
  provider,
  Queue,
  serve,
  useProtocolServers,
  type Peer,
} from '../support/protocol-server.js';

useProtocolServers();

/** Replies to the next frame with its own data. */
async function echoNext(peer: Peer): Promise<string> {
  const { event, data, id } = await peer.frames.next();
  peer.send({ event, data, id });
  return event;
}

describe('connect()', () => {
  it('resolves when the connection is open', async () => {
    const server = await serve();
    const { client } = clientOf(server.url);
    const opening = client.connect();
    expect(client.state).toBe('connecting');
    await opening;
    expect(client.state).toBe('open');
    await client.connect();
  });

  it('resolves after attempts that failed', async () => {
    let refusals = 2;
    const server = await serve({ verifyClient: () => refusals-- <= 0 });
    const { client, until } = clientOf(server.url);
    const opening = client.connect();
    for (const attempt of [1, 2]) {
      expect(await until('waiting')).toMatchObject({ attempt });
      void client.connect();
    }
    await opening;
    expect(client.state).toBe('open');
  });

  it('resolves when a token in the first message is accepted, not before', async () => {
    const server = await serve();
    const { client } = clientOf(server.url, { token: 'abc', tokenIn: 'message' });
    let isOpen = false;
    const opening = client.connect().then(() => (isOpen = true));
    const peer = await server.peers.next();
    const { id } = await peer.frames.next();
    expect(isOpen).toBe(false);
    peer.send({ event: 'auth', data: { expiresAt: null }, id });
    await opening;
  });

  it('rejects with the close code and the reason when no further attempt can help', async () => {
    const server = await serve();
    const { client } = clientOf(server.url, { token: 'stolen', tokenIn: 'message' });
    const opening = client.connect();
    const again = client.connect();
    (await server.peers.next()).socket.close(4403, 'revoked');
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({
      name: 'ConnectError',
      code: 4403,
      reason: 'revoked',
      message: 'revoked',
      next: 'never',
    });
    await expect(again).rejects.toMatchObject({ code: 4403 });
    expect(client.state).toBe('closed');
  });

  it('rejects when the runtime cannot create the socket', async () => {
    const server = await serve();
    const { client } = clientOf(server.url, { token: 'not a protocol entry' });
    await expect(client.connect()).rejects.toMatchObject({
      code: null,
      reason: 'No socket: SyntaxError',
      next: null,
    });
  });

  it('rejects when close() is called first, and a later connect() has a promise of its own', async () => {
    const server = await serve();
    const { client } = clientOf(server.url);
    const first = client.connect();
    client.close('changed my mind');
    const second = client.connect();
    await expect(first).rejects.toMatchObject({ code: 1000, reason: 'changed my mind' });
    await second;
    expect(client.state).toBe('open');
  });

  it('called while the client waits to reconnect, it settles with the next connection', async () => {
    const { client, peer, until } = await connected();
    peer.socket.terminate();
    await until('waiting');
    await client.connect();
    expect(client.state).toBe('open');
  });

  it('called by a listener of `closed`, it starts anew', async () => {
    const server = await serve();
    const { client } = clientOf(server.url);
    const again = new Queue<Promise<void>>();
    const stop = client.on('status', ({ state }) => {
      if (state !== 'closed') return;
      stop();
      again.push(client.connect());
    });
    const first = client.connect();
    client.close();
    await expect(first).rejects.toMatchObject({ code: 1000 });
    await again.next();
    expect(client.state).toBe('open');
  });

  it('may be ignored: a refused connection does not end the process', () => {
    const code = `
      import { WebSocket, WebSocketServer } from 'ws';
      import { WsClient } from './dist/client/index.js';
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => {
        const url = 'ws://127.0.0.1:' + server.address().port;
        const client = new WsClient({ url, WebSocket, token: 'x', tokenIn: 'message' });
        client.on('status', ({ state, code }) => {
          if (state === 'closed') setImmediate(() => server.close(() => console.log('closed with', code)));
        });
        client.connect();
      });
      server.on('connection', (socket) => socket.on('message', () => socket.close(4401)));
    `;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'closed with 4401\n', stderr: '', status: 0 });
  }, 90_000);
});

describe('request() without a connection', () => {
  it('waits while the client connects, and is sent after what the listeners of `open` send', async () => {
    const server = await serve();
    const { client } = clientOf(server.url, { queueSize: 1 });
    void client.connect();
    const reply = client.request('early', 1);
    client.send('note');
    client.on('status', ({ state }) => state === 'open' && client.send('join'));
    const peer = await server.peers.next();
    expect(await peer.frames.next()).toEqual({ event: 'join' });
    expect(await peer.frames.next()).toEqual({ event: 'note' });
    expect(await echoNext(peer)).toBe('early');
    expect(await reply).toBe(1);
  });

  it('waits through failed attempts and between connections, and is sent once', async () => {
    let refusals = 1;
    const server = await serve({ verifyClient: () => refusals-- <= 0 });
    const { client, until } = clientOf(server.url);
    void client.connect();
    const first = client.request('first', 1, { timeoutMs: 60_000 });
    await until('waiting');
    client.retryNow();
    const peer = await server.peers.next();
    expect(await echoNext(peer)).toBe('first');
    expect(await first).toBe(1);
    peer.socket.terminate();
    await until('waiting');
    const second = client.request('second', 2);
    client.retryNow();
    const next = await server.peers.next();
    expect(await echoNext(next)).toBe('second');
    expect(await second).toBe(2);
    expect(next.frames.size).toBe(0);
  });

  it('is rejected as NOT_OPEN after its own timeout, and never sent', async () => {
    const asked = new Queue<(accept: boolean) => void>();
    const server = await serve({ verifyClient: (_info, answer) => asked.push(answer) });
    const { client, until } = clientOf(server.url);
    void client.connect();
    const accept = await asked.next();
    const short = client.request('short', null, { timeoutMs: 100 });
    const long = client.request('long', 1, { timeoutMs: 200 });
    jest.advanceTimersByTime(100);
    const error: unknown = await short.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code: 'NOT_OPEN' });
    accept(true);
    const peer = await server.peers.next();
    expect(await echoNext(peer)).toBe('long');
    expect(await long).toBe(1);
    await until('open');
  });

  it('is rejected as NOT_OPEN when the client is refused, and at once when it is closed', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { token: 'x', tokenIn: 'message' });
    await expect(client.request('before')).rejects.toMatchObject({ code: 'NOT_OPEN' });
    void client.connect();
    const early = client.request('early');
    const peer = await server.peers.next();
    await peer.frames.next();
    peer.socket.close(4401);
    await expect(early).rejects.toMatchObject({ code: 'NOT_OPEN' });
    await until('closed');
    await expect(client.request('after')).rejects.toMatchObject({ code: 'NOT_OPEN' });
    expect(peer.frames.size).toBe(0);
  });

  it('a refresh does not wait for another connection, which has a credential of its own', async () => {
    const token = provider('first', 'renewed', 'second');
    const { client, server, peer, until } = await connected({ token });
    const failed = new Queue<unknown>();
    client.on('refreshFailed', (failure) => failed.push(failure));
    const heard = new Queue<unknown>();
    client.on('goodbye', (body) => heard.push(body));
    const session = new Queue<unknown>();
    client.on('session', (body) => session.push(body));
    peer.send({
      event: 'session',
      data: { connectionId: 'c1', expiresAt: Date.now() + 60_000, heartbeatMs: 0, resume: null },
    });
    await session.next();
    peer.send(goodbye('backoff'));
    await heard.next();
    jest.advanceTimersByTime(30_000);
    expect(await failed.next()).toMatchObject({ error: { code: 'NOT_OPEN' }, retry: true });
    peer.socket.close(1012);
    await until('waiting');
    client.retryNow();
    const next = await server.peers.next();
    await until('open');
    client.send('mark');
    expect(await next.frames.next()).toEqual({ event: 'mark' });
  });
});
