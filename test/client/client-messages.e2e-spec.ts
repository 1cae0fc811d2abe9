import type { DroppedMessage, InvalidMessage, PushFrame, ResumeOutcome } from 'nestjs-ws-security/client';
import {
  clientOf,
  connected,
  goodbye,
  Queue,
  serve,
  session,
  useProtocolServers,
  type Peer,
} from '../support/protocol-server.js';

useProtocolServers();

describe('the queue', () => {
  const data = (n: number) => ({ n });

  it('keeps messages sent without a connection, and sends them in order after the listeners of `open`', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { queueSize: 3 });
    client.on('status', ({ state }) => {
      if (state === 'open') client.send('join');
    });
    expect(client.send('a', data(1))).toBe(true);
    void client.connect();
    expect(client.send('b', data(2))).toBe(true);
    const first = await server.peers.next();
    await until('open');
    for (const event of ['join', 'a', 'b']) expect(await first.frames.next()).toMatchObject({ event });
    first.socket.terminate();
    await until('waiting');
    client.send('c', data(3));
    client.retryNow();
    const second = await server.peers.next();
    expect(await second.frames.next()).toEqual({ event: 'join' });
    expect(await second.frames.next()).toEqual({ event: 'c', data: data(3) });
    client.send('last');
    expect(await second.frames.next()).toEqual({ event: 'last' });
  });

  it('S8 holds messages and requests back after a goodbye, for the next connection', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { queueSize: 1 });
    void client.connect();
    const first = await server.peers.next();
    await until('open');
    const reply = client.request('before');
    const { id } = await first.frames.next();
    const heard = new Promise((resolve) => client.on('goodbye', resolve));
    first.send(goodbye('backoff'));
    await heard;
    const after = client.request('after');
    expect(client.send('note', data(1))).toBe(true);
    first.send({ event: 'before', data: 'answered', id });
    expect(await reply).toBe('answered');
    first.socket.close(1012);
    await until('waiting');
    client.retryNow();
    const second = await server.peers.next();
    expect(await second.frames.next()).toEqual({ event: 'note', data: data(1) });
    second.send({ event: 'after', data: 2, id: (await second.frames.next()).id ?? null });
    expect(await after).toBe(2);
    await first.closed;
    expect(first.frames.size).toBe(0);
    await until('open');
    const again = client.request('again');
    second.send({ event: 'again', data: 1, id: (await second.frames.next()).id ?? null });
    expect(await again).toBe(1);
  });

  it('reports dropped messages: the oldest when it is full, all when no connection will follow', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { queueSize: 2 });
    const dropped: DroppedMessage[] = [];
    client.on('dropped', (message) => dropped.push(message));
    for (const n of [1, 2, 3]) expect(client.send('note', data(n))).toBe(true);
    expect(dropped).toEqual([{ event: 'note', data: data(1), reason: 'overflow' }]);
    client.close();
    expect(dropped.slice(1)).toEqual([
      { event: 'note', data: data(2), reason: 'closed' },
      { event: 'note', data: data(3), reason: 'closed' },
    ]);
    expect(client.send('note', data(4))).toBe(false);
    void client.connect();
    await until('open');
    client.send('first');
    expect(await (await server.peers.next()).frames.next()).toEqual({ event: 'first' });
    expect(dropped).toHaveLength(3);
  });

  it('lets a listener queue a dropped message again for a connection that it starts', async () => {
    const server = await serve();
    const { client, until } = clientOf(server.url, { queueSize: 2 });
    client.send('a', data(1));
    client.send('b', data(2));
    const stop = client.on('status', ({ state }) => {
      if (state === 'closed') void client.connect();
    });
    client.on('dropped', ({ event, data: body }) => void client.send(event, body));
    client.close();
    stop();
    await until('open');
    const { frames } = await server.peers.next();
    expect([await frames.next(), await frames.next()]).toEqual([
      { event: 'a', data: data(1) },
      { event: 'b', data: data(2) },
    ]);
  });

  it('keeps what a listener sends for the connection that it starts when the last one has ended', async () => {
    const { client, server, peer, until } = await connected({ queueSize: 2 });
    const dropped: DroppedMessage[] = [];
    client.on('dropped', (message) => dropped.push(message));
    const stop = client.on('status', ({ state }) => {
      if (state !== 'closed') return;
      stop();
      void client.connect();
      expect(client.send('again', data(1))).toBe(true);
    });
    peer.socket.close(4403);
    await until('closed');
    expect(await (await server.peers.next()).frames.next()).toEqual({ event: 'again', data: data(1) });
    expect(dropped).toEqual([]);
  });

  it('is off by default, and then nothing is dropped', () => {
    const { client } = clientOf('ws://127.0.0.1:9');
    const dropped: DroppedMessage[] = [];
    client.on('dropped', (message) => dropped.push(message));
    expect(client.send('note')).toBe(false);
    expect(dropped).toEqual([]);
  });

  it('copies a message when it is sent, and refuses one that cannot be serialised', async () => {
    const server = await serve();
    const { client } = clientOf(server.url, { queueSize: 2 });
    const circular: { self?: unknown; n: number } = { n: 1 };
    client.send('note', circular);
    circular.self = circular;
    expect(() => client.send('note', circular)).toThrow(TypeError);
    void client.connect();
    expect(await (await server.peers.next()).frames.next()).toEqual({ event: 'note', data: { n: 1 } });
  });
});

describe('resuming', () => {
  const resumable = (seq: number, recovered = false, token = 'r') =>
    session({ resume: { token, seq, recovered } });
  const push = (seq: number) => ({ event: 'news', data: seq, seq });

  /** A client that received pushes up to number 4 and lost its connection. @returns the next connection too */
  async function interrupted() {
    const { client, peer, server, until } = await connected();
    const heard: unknown[] = [];
    const marks = new Queue<number>();
    client.on('session', () => heard.push('session'));
    client.on('resumed', (outcome: ResumeOutcome) => heard.push(outcome));
    client.on('push', ({ data }: PushFrame) => heard.push(data));
    client.onPush<number>('news', (data) => marks.push(data));
    const reach = async (n: number): Promise<void> => {
      while ((await marks.next()) !== n);
    };
    peer.send(resumable(3), push(4));
    await reach(4);
    expect(heard.splice(0)).toEqual(['session', 4]);
    peer.socket.terminate();
    await until('waiting');
    client.retryNow();
    const [again] = await Promise.all([server.peers.next(), until('open')]);
    return { client, heard, reach, again, server, until };
  }

  it('S5 receives missed pushes once and in order', async () => {
    const { heard, reach, again, client, server, until } = await interrupted();
    expect(again.offered).toContain('resume.r.4');
    again.send(resumable(7, true, 'r2'), push(4), push(5), push(6), push(6), push(7), push(8));
    await reach(8);
    expect(heard).toEqual(['session', { recovered: true, missed: 3 }, 5, 6, 7, 8]);
    again.socket.terminate();
    await until('waiting');
    client.retryNow();
    expect((await server.peers.next()).offered).toContain('resume.r2.8');
  });

  it('reports that nothing was missed', async () => {
    const { heard, reach, again } = await interrupted();
    again.send(resumable(4, true), push(5));
    await reach(5);
    expect(heard).toEqual(['session', { recovered: true, missed: 0 }, 5]);
  });

  it('S6 reports lost pushes, and counts anew', async () => {
    const { heard, reach, again } = await interrupted();
    again.send(resumable(0), push(1), push(2));
    await reach(2);
    expect(heard).toEqual(['session', { recovered: false, missed: null }, 1, 2]);
  });

  it.each([
    ['offers no resume', null],
    ['offers an invalid resume', { token: 7, seq: 'x', recovered: true }],
  ])('reports it when the server %s', async (_what, resume) => {
    const { heard, reach, again } = await interrupted();
    again.send(session({ resume }), push(1));
    await reach(1);
    expect(heard).toEqual(['session', { recovered: false, missed: null }, 1]);
  });
});

describe('validators', () => {
  const marked = async (peer: Peer): Promise<unknown> => {
    const { id } = await peer.frames.next();
    return id;
  };

  it('stop outgoing messages that the application refuses', async () => {
    const cause = new Error('too long');
    const { client, peer } = await connected({
      validate: {
        outbound(event, data) {
          if (event === 'throw') throw cause;
          return event !== 'false' && data !== 'false';
        },
      },
    });
    await expect(client.request('throw')).rejects.toMatchObject({ code: 'BAD_MESSAGE', cause });
    await expect(client.request('false')).rejects.toMatchObject({ code: 'BAD_MESSAGE' });
    expect(() => client.send('throw')).toThrow(cause);
    expect(() => client.send('x', 'false')).toThrow(TypeError);
    client.send('x', 'true');
    expect(await peer.frames.next()).toEqual({ event: 'x', data: 'true' });
  });

  it('stop incoming messages that the application refuses', async () => {
    const seen: string[] = [];
    const { client, peer } = await connected({
      validate: {
        inbound(event, data) {
          seen.push(event);
          if (data === 'throw') throw new Error('no');
          return data !== 'false';
        },
      },
    });
    const invalid: InvalidMessage[] = [];
    const pushes = new Queue<unknown>();
    client.on('invalid', (message) => invalid.push(message));
    client.on('push', ({ data }) => pushes.push(data));
    peer.send(session(), { event: 'news', data: 'throw' }, { event: 'news', data: 'false' });
    peer.send({ event: 'pong' }, { event: 'news', data: 'good' });
    expect(await pushes.next()).toBe('good');
    expect(invalid).toEqual([
      { event: 'news', data: 'throw', error: new Error('no') },
      { event: 'news', data: 'false', error: expect.any(TypeError) as TypeError },
    ]);
    const bad = client.request('ask');
    peer.send({ event: 'ask', data: 'throw', id: await marked(peer) });
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_REPLY', cause: new Error('no') });
    const acknowledged = client.request('tell');
    peer.send({ event: 'ack', data: null, id: await marked(peer) });
    await expect(acknowledged).resolves.toBeNull();
    expect(seen).toEqual(['news', 'news', 'news', 'ask']);
  });

  it('are not called for frames of the protocol, which only the server may push', async () => {
    const { client, peer } = await connected({ validate: { inbound: () => false } });
    const pushes: unknown[] = [];
    client.on('push', (push) => pushes.push(push));
    for (const event of ['auth', 'ack', 'ping', 'pong']) peer.send({ event, data: 'forged' });
    const asked = client.request('ping');
    peer.send({ event: 'pong', data: null, id: await marked(peer) });
    await asked;
    expect(pushes).toEqual([]);
  });
});
