import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  reconnectAdvice,
  ANONYMOUS,
  CloseCode,
  type Connection,
  ConnectionRegistry,
  RevocationService,
  RoomPolicy,
  ResumeStore,
  SecureGateway,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { AwaySessions } from '../../src/connection/resume/away-sessions.js';
import { ResumableSessions } from '../../src/connection/resume/resumable-sessions.js';
import { ManualClock } from '../support/manual-clock.js';
import { RoomGateway } from '../support/room.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/other' })
class OtherGateway {
  @SubscribeMessage('nothing')
  nothing(): void {
    // Only its path matters.
  }
}

/** Lets nobody into what was closed. */
@Injectable()
class ClosedRooms extends RoomPolicy {
  static closed = new Set<string>();
  /** What an answer waits for. */
  static gate: Promise<void> | undefined;

  override canJoin(_connection: Connection, room: string): boolean | Promise<boolean> {
    const isOpen = !ClosedRooms.closed.has(room);
    return ClosedRooms.gate?.then(() => isOpen) ?? isOpen;
  }
}

interface Resume {
  token: string;
  seq: number;
  recovered: boolean;
}

/** A token of another node. */
const FOREIGN = 'x'.repeat(43);

let clock: ManualClock;
let running: RunningApp;

async function start(options: WsSecurityOptions = {}): Promise<void> {
  ClosedRooms.closed.clear();
  ClosedRooms.gate = undefined;
  clock = new ManualClock();
  running = await startApp({
    gateways: [RoomGateway, OtherGateway],
    clock,
    options: { resume: true, maxConnectionsPerUser: 100, ...options },
    module: { providers: [{ provide: RoomPolicy, useClass: ClosedRooms }] },
  });
}

afterEach(() => running.close());

const registry = (): ConnectionRegistry => running.app.get(ConnectionRegistry);
const resumeOf = ({ data }: Frame): Resume => data?.['resume'] as Resume;

/** A client, and the session it was told. */
async function connect(
  offer?: { token: string; lastSeq: number | string },
  { sub = 'alice', path = '/ws' } = {},
): Promise<{ client: TestClient; resume: Resume }> {
  const protocols = ['ws-security.v1', ...(offer ? [`resume.${offer.token}.${offer.lastSeq}`] : [])];
  const client = await TestClient.connect(running.url + path, { protocols, token: await mintToken({ sub }) });
  expect(client.socket.protocol).toBe('ws-security.v1');
  return { client, resume: resumeOf(await client.next()) };
}

/** The line breaks, and the server hears of it. */
async function cut(client: TestClient): Promise<void> {
  const { size } = registry();
  client.socket.terminate();
  while (registry().size === size) await new Promise((resolve) => setImmediate(resolve));
}

async function numbers(
  client: TestClient,
  count: number,
): Promise<[seq: number | undefined, data: unknown][]> {
  const frames = await Promise.all(Array.from({ length: count }, () => client.next()));
  return frames.map(({ seq, data }) => [seq, data]);
}

it('nothing can be resumed unless it is configured, nor by clients that do not speak the protocol', async () => {
  await start({ resume: false });
  const { client, resume } = await connect();
  expect(resume).toBeNull();
  await client.close();
});

it('S5 brings back what was pushed meanwhile, in order, once, and the rooms', async () => {
  await start();
  const { client, resume } = await connect();
  expect(resume).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), seq: 0, recovered: false });
  await client.request('join', { room: 'a' });
  await registry().sendToRoom('a', 'tick', 1);
  await registry().broadcast('tick', 2);
  expect(await numbers(client, 2)).toEqual([
    [1, 1],
    [2, 2],
  ]);
  await cut(client);
  await registry().sendToRoom('a', 'tick', 3);
  await registry().sendToRoom('b', 'tick', 'not for her');
  await registry().sendToUser('alice', 'tick', 4);
  await registry().sendToUser('bob', 'tick', 'not for her');
  await registry().broadcast('tick', 5);
  const back = await connect({ token: resume.token, lastSeq: 1 });
  expect(back.resume).toMatchObject({ seq: 5, recovered: true });
  expect(back.resume.token).not.toBe(resume.token);
  await registry().sendToRoom('a', 'tick', 6);
  expect(await numbers(back.client, 5)).toEqual([
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 6],
  ]);
  await back.client.close();
});

it('S6 a user who comes and goes keeps as many sessions as connections, the latest', async () => {
  await start({ maxConnectionsPerUser: 3 });
  const tokens: string[] = [];
  for (let n = 0; n < 5; n++) {
    const { client, resume } = await connect();
    tokens.push(resume.token);
    await cut(client);
  }
  const other = await connect(undefined, { sub: 'bob' });
  await cut(other.client);
  expect(running.app.get(AwaySessions).size).toBe(4);
  expect(running.app.get(ResumableSessions).size).toBe(4);
  for (const [n, token] of [...tokens.entries()].toReversed()) {
    const { client, resume } = await connect({ token, lastSeq: 0 });
    expect(resume.recovered).toBe(n > 1);
    await client.close();
  }
  const { client, resume } = await connect({ token: other.resume.token, lastSeq: 0 }, { sub: 'bob' });
  expect(resume.recovered).toBe(true);
  await client.close();
});

it('S5 a client whose line is dead without the server knowing takes its session over', async () => {
  await start();
  const { client, resume } = await connect();
  await client.request('join', { room: 'a' });
  const back = await connect({ token: resume.token, lastSeq: 0 });
  expect(back.resume.recovered).toBe(true);
  expect((await client.closed).code).toBe(1006);
  await registry().sendToRoom('a', 'tick', 1);
  expect(await numbers(back.client, 1)).toEqual([[1, 1]]);
  expect(running.app.get(AwaySessions).size).toBe(0);
  await back.client.close();
});

it('S5 R4 a client at its cap takes the place of its own dead line, and of no other one', async () => {
  await start({ maxConnectionsPerUser: 2 });
  const [{ client, resume }, other] = [await connect(), await connect()];
  const refused = async (token: string, path = '/ws'): Promise<number> => {
    const protocols = ['ws-security.v1', `resume.${token}.0`];
    const own = { protocols, token: await mintToken({ sub: 'alice' }) };
    return (await TestClient.refused(running.url + path, own)).status;
  };
  expect([await refused('x'.repeat(43)), await refused(resume.token, '/other')]).toEqual([429, 429]);
  await registry().broadcast('tick', 1);
  const back = await connect({ token: resume.token, lastSeq: 0 });
  expect(back.resume.recovered).toBe(true);
  expect(await numbers(back.client, 1)).toEqual([[1, 1]]);
  expect((await client.closed).code).toBe(1006);
  expect([registry().size, other.client.socket.readyState]).toEqual([2, other.client.socket.OPEN]);
  // A used token takes nothing away.
  expect(await refused(resume.token)).toBe(429);
  await Promise.all([back.client.close(), other.client.close()]);
  for (const { client: last } of [await connect(), await connect()]) await last.close();
});

it('S5 R4 a client at its cap that asks for a session is told to come back', async () => {
  await start({ maxConnectionsPerUser: 1, rejectWith: 'close' });
  const { client } = await connect();
  const attempt = async (...entries: string[]): Promise<object> =>
    (
      await TestClient.connect(`${running.url}/ws`, {
        protocols: ['ws-security.v1', ...entries],
        token: await mintToken({ sub: 'alice' }),
      })
    ).closed;
  expect(await attempt()).toMatchObject({ code: 4409 });
  // It may be of another node.
  expect(await attempt(`resume.${FOREIGN}.0`)).toEqual({ code: 1013, reason: 'connection limit' });
  expect(reconnectAdvice(1013)).toBe('backoff');
  await client.close();
});

describe('S5 a token is no good', () => {
  const broken = async (): Promise<Resume> => {
    const { client, resume } = await connect();
    await cut(client);
    await registry().broadcast('tick', 1);
    return resume;
  };

  it('when it was used', async () => {
    await start();
    const { token } = await broken();
    const [one, other] = await Promise.all([connect({ token, lastSeq: 0 }), connect({ token, lastSeq: 0 })]);
    expect([one.resume.recovered, other.resume.recovered].toSorted()).toEqual([false, true]);
    expect((await connect({ token, lastSeq: 0 })).resume.recovered).toBe(false);
  });

  it('for somebody else, who takes nothing away by trying', async () => {
    await start();
    const { token } = await broken();
    const thief = await connect({ token, lastSeq: 0 }, { sub: 'mallory' });
    expect(thief.resume.recovered).toBe(false);
    expect(thief.client.take()).toEqual([]);
    expect((await connect({ token, lastSeq: 0 })).resume.recovered).toBe(true);
  });

  it('on another path', async () => {
    await start();
    const { token } = await broken();
    expect((await connect({ token, lastSeq: 0 }, { path: '/other' })).resume.recovered).toBe(false);
  });

  it('after its time, and nothing is left of the session', async () => {
    await start({ resumeTtlMs: 10_000 });
    const { token } = await broken();
    clock.advance(10_100);
    expect((await connect({ token, lastSeq: 0 })).resume.recovered).toBe(false);
    expect(running.app.get(AwaySessions).size).toBe(0);
  });

  it.each(['x', '-1', '1.5', '99', '9999999999999999'])('with the number %s', async (lastSeq) => {
    await start();
    const { token } = await broken();
    expect((await connect({ token, lastSeq })).resume.recovered).toBe(false);
  });

  it('when it was never issued', async () => {
    await start();
    await broken();
    expect((await connect({ token: 'A'.repeat(43), lastSeq: 0 })).resume.recovered).toBe(false);
    expect((await connect({ token: 'short', lastSeq: 0 })).resume.recovered).toBe(false);
  });

  it.each<[string, (client: TestClient) => unknown]>([
    ['when its user was revoked', () => running.app.get(RevocationService).revokeUser('alice', null)],
    ['after the client has left by itself', (client) => client.socket.close(1000)],
    [
      'after a final close code',
      () => [...registry()].map((one) => one.close(CloseCode.FORBIDDEN, 'kicked')),
    ],
  ])('%s', async (_when, end) => {
    await start();
    const { client, resume } = await connect();
    await end(client);
    await client.closed;
    await registry().whenEmpty();
    expect(running.app.get(AwaySessions).size).toBe(0);
    const later = { sub: 'alice', iat: Date.now() / 1000 + 5 };
    const token = await mintToken(later, { withoutIssuedAt: true });
    const back = await TestClient.connect(`${running.url}/ws`, {
      protocols: ['ws-security.v1', `resume.${resume.token}.0`],
      token,
    });
    expect(resumeOf(await back.next()).recovered).toBe(false);
  });

  it.each<[string, (revocations: RevocationService) => Promise<number>]>([
    ['user', (revocations) => revocations.revokeUser('alice', null)],
    ['session', (revocations) => revocations.revokeSession('one')],
    ['token', (revocations) => revocations.revokeToken('first')],
  ])('when the %s was revoked while its client was away', async (_what, revoke) => {
    await start();
    const comeBack = async (
      claims: object,
      ...offer: string[]
    ): Promise<{ client: TestClient; resume: Resume }> => {
      const protocols = ['ws-security.v1', ...offer];
      const token = await mintToken({ sub: 'alice', ...claims }, { withoutIssuedAt: true });
      const client = await TestClient.connect(`${running.url}/ws`, { protocols, token });
      return { client, resume: resumeOf(await client.next()) };
    };
    const issuedAt = clock.now() / 1000;
    const { client, resume } = await comeBack({ sid: 'one', jti: 'first', iat: issuedAt });
    await client.request('join', { room: 'a' });
    await cut(client);
    await registry().sendToRoom('a', 'tick', 1);
    await revoke(running.app.get(RevocationService));
    const again = { sid: 'two', jti: 'second', iat: issuedAt + 5 };
    const back = await comeBack(again, `resume.${resume.token}.0`);
    expect(back.resume).toMatchObject({ recovered: false, seq: 0 });
    expect(running.app.get(AwaySessions).size).toBe(0);
    await registry().sendToRoom('a', 'tick', 2);
    await registry().broadcast('tock', 3);
    expect(await back.client.next()).toMatchObject({ event: 'tock', seq: 1 });
  });

  it('after a final close code that its client leaves unanswered', async () => {
    await start();
    const { client, resume } = await connect();
    client.socket.pause();
    for (const one of registry()) one.close(CloseCode.FORBIDDEN, 'kicked');
    const back = await connect({ token: resume.token, lastSeq: 0 });
    expect(back.resume.recovered).toBe(false);
    client.socket.resume();
    expect((await client.closed).code).toBe(4403);
    await back.client.close();
  });

  it('without authentication', async () => {
    await start();
    const { token } = await broken();
    const protocols = ['ws-security.v1', `resume.${token}.0`];
    expect((await TestClient.refused(`${running.url}/ws`, { protocols })).status).toBe(401);
  });

  it('of another node, when its store does not answer', async () => {
    await start();
    await broken();
    running.app.get(ResumeStore).fetch = () => Promise.reject(new Error('no store'));
    expect((await connect({ token: FOREIGN, lastSeq: 0 })).resume).toMatchObject({
      recovered: false,
      seq: 0,
    });
  });
});

it('L5 a store that fails costs the session, and nothing else', async () => {
  await start();
  const failed = (): Promise<never> => Promise.reject(new Error('no store'));
  Object.assign(running.app.get(ResumeStore), { fetch: failed, leave: failed });
  const unhandled: unknown[] = [];
  const listen = (error: unknown): number => unhandled.push(error);
  process.on('unhandledRejection', listen);
  const { client, resume } = await connect({ token: FOREIGN, lastSeq: 0 });
  expect(resume).toMatchObject({ recovered: false, seq: 0 });
  await cut(client);
  await running.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

it('L5 a store that throws at once is no worse', async () => {
  await start();
  const broken = (): never => {
    throw new Error('canary-store');
  };
  Object.assign(running.app.get(ResumeStore), { fetch: broken, leave: broken });
  const { client } = await connect({ token: FOREIGN, lastSeq: 0 });
  expect(await client.request('join', { room: 'a' })).toMatchObject({ event: 'ack' });
  await cut(client);
  await running.close();
});

it.each([
  { owner: 'principal:0::alice', path: '/ws', at: '1', startedAt: 0, principal: ANONYMOUS },
  { path: '/ws', principal: ANONYMOUS },
  'session',
  42,
])('L5 a store that answers with %j costs the session, and nothing else', async (answer) => {
  await start({ sessionMaxAgeMs: 0 });
  running.app.get(ResumeStore).fetch = () => answer as never;
  const { client, resume } = await connect({ token: FOREIGN, lastSeq: 0 });
  expect(resume).toMatchObject({ recovered: false, seq: 0 });
  expect(await client.request('join', { room: 'a' })).toMatchObject({ event: 'ack' });
  client.socket.close(1000);
  await client.closed;
  await registry().whenEmpty();
  expect(running.app.get(AwaySessions).size).toBe(0);
});

it('S6 says that nothing was recovered when too much was missed, and begins anew', async () => {
  await start({ resumeMaxMessages: 3 });
  const { client, resume } = await connect();
  await client.request('join', { room: 'a' });
  await cut(client);
  for (let n = 1; n <= 4; n++) await registry().broadcast('tick', n);
  const back = await connect({ token: resume.token, lastSeq: 0 });
  expect(back.resume).toMatchObject({ recovered: false, seq: 0 });
  await registry().sendToRoom('a', 'tick', 'she has to join again');
  await registry().broadcast('tick', 5);
  expect(await numbers(back.client, 1)).toEqual([[1, 5]]);
  await back.client.close();
});

it('Z3 rooms are asked about again, and what was said in closed ones is not replayed', async () => {
  await start();
  const { client, resume } = await connect();
  for (const room of ['a', 'b']) await client.request('join', { room });
  await cut(client);
  await registry().sendToRoom('a', 'tick', 'a');
  await registry().sendToRoom('b', 'tick', 'b');
  ClosedRooms.closed.add('a');
  const back = await connect({ token: resume.token, lastSeq: 0 });
  expect(back.resume.recovered).toBe(true);
  await registry().sendToRoom('a', 'tick', 'a');
  await registry().sendToRoom('b', 'tick', 'b');
  expect(await numbers(back.client, 2)).toEqual([
    [2, 'b'],
    [3, 'b'],
  ]);
  await back.client.close();
});

it('S5 a token is good once, also when the line it was for ends while its rooms are asked about', async () => {
  await start();
  const { client, resume } = await connect();
  await client.request('join', { room: 'a' });
  let open = (): void => undefined;
  ClosedRooms.gate = new Promise((resolve) => (open = resolve));
  const coming = connect({ token: resume.token, lastSeq: 0 });
  while (registry().size < 2) await new Promise((resolve) => setImmediate(resolve));
  await cut(client);
  await registry().sendToRoom('a', 'tick', 'meanwhile');
  open();
  const back = await coming;
  expect(back.resume).toMatchObject({ recovered: true, seq: 1 });
  expect(await numbers(back.client, 1)).toEqual([[1, 'meanwhile']]);
  const again = await connect({ token: resume.token, lastSeq: 0 });
  expect(again.resume.recovered).toBe(false);
  await Promise.all([back.client.close(), again.client.close()]);
  await registry().whenEmpty();
  clock.advance(120_100);
  expect(running.app.get(ResumableSessions).size).toBe(0);
});

it('S10 nothing is left when everybody has come and gone', async () => {
  await start({ resumeTtlMs: 1000 });
  for (let i = 0; i < 20; i++) {
    const { client, resume } = await connect();
    await cut(client);
    if (i % 2 === 0) await (await connect({ token: resume.token, lastSeq: 0 })).client.close();
  }
  await registry().whenEmpty();
  clock.advance(1100);
  expect(running.app.get(AwaySessions).size).toBe(0);
  expect(running.app.get(ResumableSessions).size).toBe(0);
});
