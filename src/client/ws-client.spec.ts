import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import {
  cleanups,
  clientOf,
  clientTimers,
  connected,
  goodbye,
  provider,
  Queue,
  serve,
  session,
  useProtocolServers,
} from '../../test/support/protocol-server.js';
import { host } from './host.js';

useProtocolServers();

describe('WsClient: connecting', () => {
  it('offers the protocols and the credential, and reports its states', async () => {
    const server = await serve();
    const { client, until, states } = clientOf(server.url, { protocols: ['chat.v1'], token: 'abc' });
    expect(client.status).toMatchObject({
      state: 'idle',
      previous: 'idle',
      attempt: 0,
      code: null,
      next: null,
    });
    void client.connect();
    void client.connect();
    const peer = await server.peers.next();
    expect(peer.offered).toEqual(['ws-security.v1', 'chat.v1', 'bearer.abc']);
    expect(await until('open')).toMatchObject({
      previous: 'connecting',
      attempt: 0,
      retryAt: null,
      offline: false,
    });
    void client.connect();
    expect(states).toEqual(['connecting', 'open']);
  });

  it.each([
    ['no token', {}],
    ['null', { token: null }],
    ['a provider of null', { token: () => null }],
  ])('connects without a credential given %s', async (_, options) => {
    const { peer } = await connected(options);
    expect(peer.offered).toEqual(['ws-security.v1']);
  });

  it('asks the token provider for each attempt', async () => {
    const token = provider('first', 'second');
    const { server, peer, until } = await connected({ token });
    expect(peer.offered).toContain('bearer.first');
    peer.socket.terminate();
    await until('waiting');
    jest.advanceTimersByTime(500);
    const { offered } = await server.peers.next();
    expect(offered).toContain('bearer.second');
    expect(token.mock.calls).toEqual([[{ reauthenticate: false }], [{ reauthenticate: false }]]);
  });

  it('counts a failed token provider as a failed attempt', async () => {
    const server = await serve();
    const token = jest
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('the login service says 500'))
      .mockImplementationOnce(() => {
        throw null;
      })
      .mockResolvedValue('third');
    const { client, until } = clientOf(server.url, { token });
    void client.connect();
    const reason = 'No token: Error: the login service says 500';
    expect(await until('waiting')).toMatchObject({ attempt: 1, code: null, next: null, reason });
    jest.advanceTimersByTime(500);
    expect(await until('waiting')).toMatchObject({ attempt: 2, reason: 'No token: null' });
    jest.advanceTimersByTime(500);
    expect((await server.peers.next()).offered).toContain('bearer.third');
    expect(token).toHaveBeenCalledTimes(3);
    expect(token).toHaveBeenLastCalledWith({ reauthenticate: false });
  });

  it('closes, without quoting the credential, when the runtime cannot create the socket', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { token: 'not a protocol entry' });
    void client.connect();
    const status = await until('closed');
    expect(status).toMatchObject({ code: null, reason: 'No socket: SyntaxError' });
    expect(clientTimers()).toEqual([]);
  });

  it('asks the provider again, and quotes nothing, if what it supplied cannot be sent', async () => {
    const server = await serve();
    const token = provider('<h1>502 Bad Gateway</h1>', 'fresh');
    const { client, until } = clientOf(server.url, { token });
    void client.connect();
    expect(await until('waiting')).toMatchObject({
      attempt: 1,
      code: null,
      next: null,
      reason: 'No handshake: SyntaxError',
    });
    jest.advanceTimersByTime(500);
    expect((await server.peers.next()).offered).toContain('bearer.fresh');
    expect(token.mock.calls).toEqual([[{ reauthenticate: false }], [{ reauthenticate: true }]]);
  });

  it('requests a fresh credential after a handshake that did not open', async () => {
    let refusals = 1;
    const server = await serve({ verifyClient: () => refusals-- <= 0 });
    const token = provider('stale', 'fresh');
    const { client, until } = clientOf(server.url, { token });
    void client.connect();
    expect(await until('waiting')).toMatchObject({ code: 1006, next: 'backoff', attempt: 1 });
    jest.advanceTimersByTime(500);
    expect((await server.peers.next()).offered).toContain('bearer.fresh');
    expect(token.mock.calls).toEqual([[{ reauthenticate: false }], [{ reauthenticate: true }]]);
  });

  it('times out an attempt that neither opens nor fails', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => void mute.close());
    await once(mute, 'listening');
    const { client, until } = clientOf(`ws://127.0.0.1:${(mute.address() as AddressInfo).port}`);
    void client.connect();
    const [socket] = (await once(mute, 'connection')) as [import('node:net').Socket];
    jest.advanceTimersByTime(9_999);
    expect(client.state).toBe('connecting');
    jest.advanceTimersByTime(1);
    expect(await until('waiting')).toMatchObject({ code: 1006, reason: 'Timeout' });
    socket.resume();
    await once(socket, 'close');
  });

  it('times out a provider that does not answer, and ignores its late answers', async () => {
    const server = await serve();
    const answers: { resolve(token: string): void; reject(): void }[] = [];
    const token = () => new Promise<string>((resolve, reject) => void answers.push({ resolve, reject }));
    const { client, until, states } = clientOf(server.url, { token });
    void client.connect();
    for (const attempt of [1, 2]) {
      await until(attempt === 1 ? 'connecting' : 'reconnecting');
      jest.advanceTimersByTime(10_000);
      expect(await until('waiting')).toMatchObject({ code: null, attempt });
      client.retryNow();
    }
    await until('reconnecting');
    answers[0]?.resolve('late');
    answers[1]?.reject();
    answers[2]?.resolve('right');
    expect((await server.peers.next()).offered).toContain('bearer.right');
    await until('open');
    expect(states.slice(-2)).toEqual(['reconnecting', 'open']);
    expect(server.peers.size).toBe(0);
  });
});

describe('WsClient: frames', () => {
  it('matches replies to requests, in whatever order they arrive', async () => {
    const { client, peer } = await connected();
    const replies = [client.request('echo', { text: 'a' }), client.request('echo', { text: 'b' })];
    const frames = [await peer.frames.next(), await peer.frames.next()];
    expect(frames).toEqual([
      { event: 'echo', data: { text: 'a' }, id: 1 },
      { event: 'echo', data: { text: 'b' }, id: 2 },
    ]);
    for (const frame of frames.toReversed()) peer.send(frame);
    await expect(Promise.all(replies)).resolves.toEqual([{ text: 'a' }, { text: 'b' }]);
  });

  it('rejects with the server’s error', async () => {
    const { client, peer } = await connected();
    const errors = [{ path: 'text', constraint: 'maxLength', message: 'too long' }];
    const reply = client.request('echo');
    const { id } = await peer.frames.next();
    peer.send({
      event: 'exception',
      data: { status: 'error', code: 'VALIDATION_FAILED', message: 'no', errors },
      id,
    });
    await expect(reply).rejects.toMatchObject({ code: 'VALIDATION_FAILED', message: 'no', errors });
    const refused = client.request('join');
    const data = { status: 'error', code: 'REJECTED', message: 'full', reason: 'ROOM_FULL', retryAfterMs: 5 };
    peer.send({ event: 'exception', data, id: (await peer.frames.next()).id });
    const error = await refused.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'REJECTED', message: 'full', reason: 'ROOM_FULL', retryAfterMs: 5 });
    expect(error).not.toHaveProperty('status');
  });

  it('rejects a request that timed out or was aborted', async () => {
    const { client } = await connected({ requestTimeoutMs: 2000 });
    const abort = new AbortController();
    const [slow, slower] = [client.request('a'), client.request('b', null, { timeoutMs: 3000 })];
    const given = client.request('c', null, { signal: abort.signal });
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
    jest.advanceTimersByTime(2000);
    await expect(slow).rejects.toMatchObject({ code: 'TIMEOUT' });
    jest.advanceTimersByTime(999);
    client.close();
    await expect(slower).rejects.toMatchObject({ code: 'DISCONNECTED' });
  });

  it('rejects pending requests when the connection ends', async () => {
    const { client, peer, until } = await connected();
    const reply = client.request('slow');
    await peer.frames.next();
    peer.socket.terminate();
    await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED', cause: { code: 1006 } });
    await until('waiting');
    expect(client.send('echo')).toBe(false);
  });

  it('says with the rejection why the connection ended', async () => {
    const { client, peer } = await connected();
    const reply = client.request('upload');
    await peer.frames.next();
    peer.socket.close(1009, 'message too big');
    await expect(reply).rejects.toMatchObject({
      code: 'DISCONNECTED',
      cause: { name: 'ConnectError', code: 1009, reason: 'message too big', next: 'never' },
    });
  });

  it('sends messages that need no reply', async () => {
    const { client, peer } = await connected();
    expect(client.send('note', { a: 1 })).toBe(true);
    expect(await peer.frames.next()).toEqual({ event: 'note', data: { a: 1 } });
  });

  it('passes each frame to its listeners and ignores garbage', async () => {
    const { client, peer } = await connected();
    const heard: unknown[] = [];
    for (const type of ['push', 'problem', 'session', 'goodbye'] as const) {
      client.on(type, (value) => heard.push([type, value]));
    }
    const news = new Queue<number>();
    client.onPush<number>('news', (data) => news.push(data));
    const problem = { status: 'error', code: 'RATE_LIMITED', message: 'wait', retryAfterMs: 5 };
    peer.socket.send(Buffer.from('{"event":"binary"}'));
    peer.send('', 'nonsense', '[]', 'null', '{"event":1}', '{"data":1}', { event: 'late', data: 1, id: 99 });
    peer.send({ event: 'session', data: 'nonsense' }, { event: 'goodbye', data: null }, { event: 'pong' });
    peer.send(session(), { event: 'exception', data: problem }, goodbye('backoff'));
    peer.send({ event: 'other', data: 1, seq: 1 }, { event: 'news', data: 7 });
    expect(await news.next()).toBe(7);
    expect(heard).toEqual([
      ['session', session().data],
      ['problem', problem],
      ['goodbye', goodbye('backoff').data],
      ['push', { event: 'other', data: 1, seq: 1 }],
      ['push', { event: 'news', data: 7 }],
    ]);
    expect(client.session).toEqual(session().data);
    expect(client.state).toBe('open');
  });

  it('offers to resume its session after the last push it received', async () => {
    const { client, server, peer, until } = await connected();
    const pushed = new Queue<number>();
    client.onPush<number>('news', (data) => pushed.push(data));
    peer.send(session({ resume: { token: 'r1', seq: 3, recovered: false } }), {
      event: 'news',
      data: 1,
      seq: 4,
    });
    await pushed.next();
    peer.socket.terminate();
    await until('waiting');
    jest.advanceTimersByTime(500);
    expect((await server.peers.next()).offered).toEqual(['ws-security.v1', 'resume.r1.4']);
    client.close();
    void client.connect();
    expect((await server.peers.next()).offered).toEqual(['ws-security.v1']);
  });
});

describe('WsClient: reconnecting', () => {
  it('reconnects after the connection broke', async () => {
    const { peer, until, states } = await connected();
    peer.socket.terminate();
    const waiting = await until('waiting');
    expect(waiting).toMatchObject({
      previous: 'open',
      code: 1006,
      next: 'backoff',
      retryAt: Date.now() + 500,
    });
    jest.advanceTimersByTime(500);
    await until('open');
    expect(states).toEqual(['connecting', 'open', 'waiting', 'reconnecting', 'open']);
  });

  it.each([1000, 4401, 4403])('does not reconnect after %i', async (code) => {
    const { client, peer, until } = await connected({ token: () => 'abc' });
    peer.socket.close(code, 'enough');
    expect(await until('closed')).toMatchObject({ previous: 'open', code, reason: 'enough', next: 'never' });
    expect(clientTimers()).toEqual([]);
    client.retryNow();
    expect(client.state).toBe('closed');
  });

  it('reconnects with a fresh credential after 4419', async () => {
    const token = provider('old', 'new', 'newer');
    const { server, peer, until } = await connected({ token });
    peer.socket.close(4419);
    expect(await until('waiting')).toMatchObject({ code: 4419, next: 'reauthenticate' });
    jest.advanceTimersByTime(500);
    const second = await server.peers.next();
    expect(second.offered).toContain('bearer.new');
    await until('open');
    second.socket.terminate();
    await until('waiting');
    jest.advanceTimersByTime(500);
    await server.peers.next();
    const why = token.mock.calls.map(([{ reauthenticate }]) => reauthenticate);
    expect(why).toEqual([false, true, false]);
  });

  it('does not reconnect after 4419 when the provider has no fresh credential', async () => {
    const { peer, until } = await connected({ token: 'abc' });
    peer.socket.close(4419);
    expect(await until('closed')).toMatchObject({ code: 4419, next: 'reauthenticate' });
  });

  it('reconnects at once on retryNow()', async () => {
    const { client, server, peer: first, until } = await connected();
    let peer = first;
    client.retryNow();
    expect(client.state).toBe('open');
    for (const go of [() => client.retryNow(), () => client.connect()]) {
      peer.socket.terminate();
      await until('waiting');
      go();
      expect(await until('reconnecting')).toMatchObject({ previous: 'waiting', retryAt: null });
      jest.advanceTimersByTime(1_000);
      await until('open');
      peer = await server.peers.next();
      expect(server.peers.size).toBe(0);
    }
  });

  it('forgets failures only after a stable connection', async () => {
    const { client, server, peer, until } = await connected();
    let current = peer;
    for (const attempt of [1, 2]) {
      jest.advanceTimersByTime(4_999);
      current.socket.terminate();
      expect(await until('waiting')).toMatchObject({ attempt });
      client.retryNow();
      [current] = await Promise.all([server.peers.next(), until('open')]);
    }
    expect(client.status.attempt).toBe(2);
    jest.advanceTimersByTime(5_000);
    expect(client.status.attempt).toBe(0);
    current.socket.terminate();
    expect(await until('waiting')).toMatchObject({ attempt: 0 });
  });

  it('follows the goodbye rather than the close code', async () => {
    const { client, server, peer, until } = await connected();
    jest.advanceTimersByTime(5_000);
    peer.send(goodbye('backoff', 3_000));
    peer.socket.close(1012);
    expect(await until('waiting')).toMatchObject({
      code: 1012,
      next: 'backoff',
      retryAt: Date.now() + 3_500,
    });
    client.retryNow();
    const [second] = await Promise.all([server.peers.next(), until('open')]);
    second.send(goodbye('never'));
    second.socket.close(1012);
    expect(await until('closed')).toMatchObject({ code: 1012, next: 'never' });
  });

  it('waits after 4429 for the retryAfterMs of the last refused message', async () => {
    const { client, peer, until } = await connected();
    const reply = client.request('echo');
    const { id } = await peer.frames.next();
    const data = { status: 'error', code: 'RATE_LIMITED', message: 'wait', retryAfterMs: 7_000 };
    peer.send({ event: 'exception', data, id });
    peer.socket.close(4429);
    await expect(reply).rejects.toMatchObject({ retryAfterMs: 7_000 });
    expect((await until('waiting')).retryAt).toBeGreaterThanOrEqual(Date.now() + 7_500);
  });
});

describe('WsClient: closing', () => {
  it('is final, sends the server the reason, and leaves no timer or listener', async () => {
    const { client, peer, until, states } = await connected();
    peer.send(session());
    const reply = client.request('slow');
    await peer.frames.next();
    const reason = 'ö'.repeat(100);
    client.close(reason);
    client.close('again');
    await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(await until('closed')).toMatchObject({ code: 1000, reason, next: 'never', retryAt: null });
    expect(await peer.closed).toEqual({ code: 1000, reason: 'ö'.repeat(61) });
    expect(states).toEqual(['connecting', 'open', 'closed']);
  });

  it('ignores events of a connection that it closed', async () => {
    const { client, peer, states } = await connected();
    const heard: unknown[] = [];
    client.on('push', (push) => heard.push(push));
    peer.send({ event: 'late', data: 1 });
    client.close();
    await peer.closed;
    expect(clientTimers()).toEqual([]);
    expect(heard).toEqual([]);
    expect(states).toEqual(['connecting', 'open', 'closed']);
  });

  it('leaves no timer in any state', async () => {
    const { client, peer, until } = await connected();
    peer.socket.terminate();
    await until('waiting');
    expect(clientTimers()).toHaveLength(1);
    client.close();
    expect(clientTimers()).toEqual([]);
    void client.connect();
    expect(clientTimers()).toHaveLength(1);
    client.close();
    expect(clientTimers()).toEqual([]);
  });

  it('leaves no timer of an open connection', async () => {
    const { client, peer, until } = await connected();
    client.on('session', () => void client.request('slow').catch(() => {}));
    peer.send(session());
    await peer.frames.next();
    expect(clientTimers()).toHaveLength(3);
    client.close();
    await until('closed');
    expect(clientTimers()).toEqual([]);
  });

  it('ignores events of an attempt that it gave up', async () => {
    const asked = new Queue<(accept: boolean) => void>();
    const server = await serve({ verifyClient: (_info, answer) => asked.push(answer) });
    const { client, states, until } = clientOf(server.url);
    void client.connect();
    const accept = await asked.next();
    expect(client.send('early')).toBe(false);
    const early = client.request('early');
    client.close();
    await expect(early).rejects.toMatchObject({ code: 'NOT_OPEN' });
    void client.connect();
    accept(true);
    (await asked.next())(true);
    await until('open');
    expect(states).toEqual(['connecting', 'closed', 'connecting', 'open']);
  });

  it('may be called by a listener at any time', async () => {
    for (const moment of ['connecting', 'open', 'waiting'] as const) {
      const server = await serve();
      const token = provider('abc');
      const { client, states, until } = clientOf(server.url, { token });
      client.on('status', ({ state }) => {
        if (state === moment) client.close();
        else if (state === 'open') void server.peers.next().then(({ socket }) => socket.terminate());
      });
      void client.connect();
      await until('closed');
      expect(clientTimers()).toEqual([]);
      expect(states.slice(-2)).toEqual([moment, 'closed']);
      expect(token).toHaveBeenCalledTimes(moment === 'connecting' ? 0 : 1);
    }
  });

  it('may be followed by connect(), but not with a refused credential', async () => {
    const token = provider('refused', 'new');
    const { client, server, peer, until } = await connected({ token });
    peer.send(session());
    peer.socket.close(4401);
    await until('closed');
    void client.connect();
    expect(await until('connecting')).toMatchObject({ attempt: 0, code: null, reason: '', next: null });
    expect(client.session).toBeNull();
    expect((await server.peers.next()).offered).toContain('bearer.new');
    expect(token).toHaveBeenLastCalledWith({ reauthenticate: true });
  });
});

describe('WsClient: silence', () => {
  it('pings a silent connection, and accepts any frame as a sign of life', async () => {
    const { client, peer } = await connected();
    const pushed = new Queue<unknown>();
    client.onPush('mark', (data) => pushed.push(data));
    peer.send(session({ heartbeatMs: 1000 }), { event: 'mark' });
    await pushed.next();
    for (let round = 0; round < 3; round++) {
      jest.advanceTimersByTime(999);
      client.send('mark');
      expect(await peer.frames.next()).toEqual({ event: 'mark' });
      jest.advanceTimersByTime(1);
      expect(await peer.frames.next()).toEqual({ event: 'ping' });
      jest.advanceTimersByTime(999);
      peer.send({ event: 'pong' }, { event: 'mark' });
      await pushed.next();
    }
    expect(client.state).toBe('open');
  });

  it.each([
    [1_000, 1_000],
    [30_000, 10_000],
  ])('with a heartbeat of %i drops the connection %i after the ping', async (heartbeatMs, patience) => {
    const { client, peer, until } = await connected();
    const opened = new Queue<unknown>();
    client.on('session', (body) => opened.push(body));
    peer.send(session({ heartbeatMs }));
    await opened.next();
    const reply = client.request('slow', null, { timeoutMs: 60_000 });
    jest.advanceTimersByTime(heartbeatMs);
    jest.advanceTimersByTime(patience - 1);
    expect(client.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(await until('waiting')).toMatchObject({
      code: 1006,
      reason: 'Silence',
      next: 'backoff',
    });
    await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(await peer.closed).toMatchObject({ code: 3008 });
  });

  it('does not ping before the server sent its heartbeat interval', async () => {
    const { client, peer } = await connected({ backoff: { stableMs: 0 } });
    const pushed = new Queue<unknown>();
    client.onPush('mark', (data) => pushed.push(data));
    peer.send({ event: 'mark' }, session({ heartbeatMs: 0 }), { event: 'mark' });
    await pushed.next();
    await pushed.next();
    jest.advanceTimersByTime(0);
    expect(clientTimers()).toEqual([]);
  });
});

describe('WsClient: offline', () => {
  let network: EventTarget;

  beforeEach(() => {
    network = new EventTarget();
    host.addEventListener = (type, listener) => network.addEventListener(type, listener);
    host.removeEventListener = (type, listener) => network.removeEventListener(type, listener);
  });
  afterEach(() => {
    delete host.addEventListener;
    delete host.removeEventListener;
  });

  const offline = () => network.dispatchEvent(new Event('offline'));
  const online = () => network.dispatchEvent(new Event('online'));
  const listeners = () => ['online', 'offline'].map((type) => getEventListeners(network, type).length);

  it('S5 disconnects without a final close code, so that its session is kept', async () => {
    const { peer } = await connected();
    offline();
    expect((await peer.closed).code).toBe(3008);
  });

  it('waits without a countdown until the network is back', async () => {
    const { client, until } = await connected({ random: () => 0.5 });
    const reply = client.request('slow');
    offline();
    await expect(reply).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(await until('waiting')).toMatchObject({
      offline: true,
      retryAt: null,
      code: 1006,
      next: 'backoff',
    });
    offline();
    jest.advanceTimersByTime(600_000);
    expect(client.state).toBe('waiting');
    online();
    expect(await until('waiting')).toMatchObject({ offline: false, retryAt: Date.now() + 250, attempt: 0 });
    jest.advanceTimersByTime(250);
    await until('open');
  });

  it('stops the countdown when the network goes away', async () => {
    const { client, peer, until } = await connected();
    peer.socket.close(1012);
    await until('waiting');
    await peer.closed;
    offline();
    expect(await until('waiting')).toMatchObject({ offline: true, retryAt: null, code: 1012 });
    expect(clientTimers()).toEqual([]);
    client.close();
    expect(await until('closed')).toMatchObject({ offline: false });
  });

  it.each([
    ['never', 'closed'],
    ['reauthenticate', 'waiting'],
  ] as const)('S7 remembers a goodbye of %s', async (advice, state) => {
    const token = provider('old', 'new');
    const { client, peer, until } = await connected({ token });
    const heard = new Queue<unknown>();
    client.on('goodbye', (body) => heard.push(body));
    peer.send(goodbye(advice));
    await heard.next();
    offline();
    expect(await until(state)).toMatchObject({ code: 1006, reason: 'Offline', next: advice });
    client.retryNow();
    if (advice === 'never') return;
    await until('open');
    expect(token).toHaveBeenLastCalledWith({ reauthenticate: true });
  });

  it('does not apply a goodbye to the end of another connection', async () => {
    const { client, server, peer, until } = await connected({ token: 'fixed' });
    const heard = new Queue<unknown>();
    client.on('goodbye', (body) => heard.push(body));
    peer.send(goodbye('backoff'));
    await heard.next();
    offline();
    await until('waiting');
    server.stop();
    client.retryNow();
    expect(await until('waiting')).toMatchObject({ code: 1006, reason: '', next: 'backoff' });
  });

  it('removes its listeners when closed', async () => {
    const { client } = await connected();
    expect(listeners()).toEqual([1, 1]);
    client.close();
    expect(listeners()).toEqual([0, 0]);
    offline();
    expect(client.state).toBe('closed');
  });

  it('does not connect without a network, unless told to', async () => {
    const given = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true });
    try {
      const server = await serve();
      const { client, until, states } = clientOf(server.url);
      void client.connect();
      expect(client.status).toMatchObject({ state: 'waiting', offline: true, retryAt: null });
      client.retryNow();
      expect(await until('open')).toMatchObject({ offline: false });
      offline();
      client.retryNow();
      online();
      await until('open');
      expect(states).toEqual(['waiting', 'connecting', 'open', 'waiting', 'reconnecting', 'open']);
    } finally {
      if (given) Object.defineProperty(globalThis, 'navigator', given);
      else Reflect.deleteProperty(globalThis, 'navigator');
    }
  });
});
