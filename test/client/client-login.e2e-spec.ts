import type { IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import {
  clientOf,
  clientTimers,
  provider,
  Queue,
  serve,
  session,
  useProtocolServers,
} from '../support/protocol-server.js';

useProtocolServers();

it.each(['subprotocol', undefined] as const)('sends a token in %s with the handshake', async (tokenIn) => {
  const server = await serve();
  const { client, until } = clientOf(server.url, { token: 'abc', ...(tokenIn && { tokenIn }) });
  void client.connect();
  const peer = await server.peers.next();
  await until('open');
  expect(peer.offered).toEqual(['ws-security.v1', 'bearer.abc']);
  client.send('first');
  expect(await peer.frames.next()).toEqual({ event: 'first' });
});

describe('a token in the first message', () => {
  const tokenIn = 'message';

  it('is not in the handshake, and the connection is open when the server accepts it', async () => {
    const server = await serve();
    const { client, states, until } = clientOf(server.url, { token: 'abc', tokenIn });
    void client.connect();
    const peer = await server.peers.next();
    expect(peer.offered).toEqual(['ws-security.v1']);
    expect(await peer.frames.next()).toEqual({ event: 'auth', data: { token: 'abc' }, id: 0 });
    expect(client.state).toBe('connecting');
    expect(client.send('early')).toBe(false);
    const early = client.request('early');
    peer.send({ event: 'auth', data: { expiresAt: null }, id: 0 }, session());
    await until('open');
    expect(client.send('note')).toBe(true);
    const { id } = await peer.frames.next();
    peer.send({ event: 'early', data: 'late', id });
    expect(await early).toBe('late');
    expect(await peer.frames.next()).toEqual({ event: 'note' });
    expect(states).toEqual(['connecting', 'open']);
  });

  it('the heartbeat starts when the session comes before the answer', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { token: 'abc', tokenIn });
    void client.connect();
    const peer = await server.peers.next();
    await peer.frames.next();
    peer.send(session({ heartbeatMs: 1000 }), { event: 'auth', data: { expiresAt: null }, id: 0 });
    await until('open');
    jest.advanceTimersByTime(1000);
    expect(await peer.frames.next()).toEqual({ event: 'ping' });
  });

  it('needs no answer when there is no token', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { tokenIn });
    void client.connect();
    await until('open');
    client.send('first');
    expect(await (await server.peers.next()).frames.next()).toEqual({ event: 'first' });
  });

  it('is not retried when it is refused, and the client was never open', async () => {
    const server = await serve();
    const { client, states, until } = clientOf(server.url, { token: () => 'bad', tokenIn });
    void client.connect();
    const peer = await server.peers.next();
    const { id } = await peer.frames.next();
    peer.send({ event: 'exception', data: { status: 'error', code: 'UNAUTHENTICATED', message: 'no' }, id });
    peer.socket.close(4401, 'unauthenticated');
    expect(await until('closed')).toMatchObject({ code: 4401, next: 'never' });
    expect(states).toEqual(['connecting', 'closed']);
    expect(clientTimers()).toEqual([]);
  });

  it('times out when the server does not answer it, even if it sends other frames', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { token: 'abc', tokenIn });
    void client.connect();
    const peer = await server.peers.next();
    await peer.frames.next();
    const pushed = new Queue<unknown>();
    client.onPush('noise', (data) => pushed.push(data));
    peer.send(session({ heartbeatMs: 1000 }), { event: 'noise' });
    await pushed.next();
    jest.advanceTimersByTime(10_000);
    expect(await until('waiting')).toMatchObject({ code: 1006, reason: 'Timeout' });
  });
});

describe('a ticket', () => {
  it('is in the URL only, a new one for each attempt', async () => {
    const urls: (string | undefined)[] = [];
    const server = await serve({
      verifyClient: ({ req }: { req: IncomingMessage }) => urls.push(req.url) > 0,
    });
    const ticket = provider('t/1&x=', 't2');
    const { client, until } = clientOf(`${server.url}?room=1`, { ticket, token: () => 'bearer' });
    void client.connect();
    const peer = await server.peers.next();
    await until('open');
    peer.socket.terminate();
    await until('waiting');
    client.retryNow();
    const second = await server.peers.next();
    expect(urls).toEqual(['/ws?room=1&ticket=t%2F1%26x%3D', '/ws?room=1&ticket=t2']);
    expect(peer.offered).toEqual(['ws-security.v1']);
    await until('open');
    client.send('first');
    expect(await second.frames.next()).toEqual({ event: 'first' });
  });

  it('is not used for refreshes, which need a token', async () => {
    const server = await serve();
    const ticket = provider('t1');
    const { client, until } = clientOf(server.url, { ticket, token: () => 'bearer', tokenIn: 'message' });
    void client.connect();
    const peer = await server.peers.next();
    await until('open');
    const told = new Queue<unknown>();
    client.on('session', (body) => told.push(body));
    peer.send(session({ expiresAt: Date.now() + 60_000, heartbeatMs: 0 }));
    await told.next();
    jest.advanceTimersByTime(30_000);
    expect(await peer.frames.next()).toMatchObject({ event: 'auth', data: { token: 'bearer' } });
    expect(ticket).toHaveBeenCalledTimes(1);
  });

  it('is fetched anew after 4419, whatever the token is', async () => {
    const server = await serve();
    const ticket = provider('t1', 't2');
    const { client, until } = clientOf(server.url, { ticket, token: 'fixed' });
    void client.connect();
    const peer = await server.peers.next();
    peer.socket.close(4419);
    await until('waiting');
    client.retryNow();
    await server.peers.next();
    expect(ticket.mock.calls).toEqual([[{ reauthenticate: false }], [{ reauthenticate: true }]]);
  });
});
