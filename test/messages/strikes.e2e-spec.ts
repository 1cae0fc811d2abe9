import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  BanService,
  type CredentialSource,
  SecureGateway,
  type SecurityEvent,
  SecurityEvents,
  WsConnectGuard,
  WsPublic,
  WsRoles,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { EchoDto } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { frame, Opcode } from '../support/raw-frames.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws', public: true })
class StrikeGateway {
  static served = 0;

  @WsPublic()
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): string {
    StrikeGateway.served++;
    return text;
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): boolean {
    return true;
  }
}

@SecureGateway({ path: '/members' })
class MemberGateway {
  @SubscribeMessage('hello')
  hello(): boolean {
    return true;
  }
}

/** Runs `meanwhile` before it decides. */
@Injectable()
class BanningGuard extends WsConnectGuard {
  static meanwhile: () => Promise<unknown> = () => Promise.resolve();

  async canConnect(): Promise<boolean> {
    await BanningGuard.meanwhile();
    return true;
  }
}

let clock: ManualClock;
let running: RunningApp;
let events: SecurityEvent[];

async function start(
  options: WsSecurityOptions = {},
  connectGuards: AppOptions['connectGuards'] = [],
): Promise<void> {
  clock = new ManualClock();
  StrikeGateway.served = 0;
  BanningGuard.meanwhile = () => Promise.resolve();
  running = await startApp({ gateways: [StrikeGateway, MemberGateway], clock, options, connectGuards });
  events = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
}

afterEach(() => running.close());

const connect = async (sub: string | null = 'alice'): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, sub === null ? {} : { token: await mintToken({ sub }) });

const echo = (id?: number): object => ({ event: 'echo', data: { text: 'hi' }, id });
const ofType = (type: string): SecurityEvent[] => events.filter((event) => event.type === type);

async function happened(type: string): Promise<void> {
  while (ofType(type).length === 0) await new Promise((resolve) => setImmediate(resolve));
}

/** The event, or the code of an exception. */
const nameOf = ({ event, data }: Pick<Frame, 'event' | 'data'>): string =>
  event === 'exception' ? (data?.['code'] as string) : event;

/** Waits for the close. @returns its code, and the number of received frames by name */
async function end(client: TestClient): Promise<{ code: number; codes: Record<string, number> }> {
  const { code } = await client.closed;
  const codes: Record<string, number> = {};
  for (const { event, data } of client.take()) {
    const name = nameOf({ event, data });
    codes[name] = (codes[name] ?? 0) + 1;
  }
  return { code, codes };
}

describe('floods of ten thousand frames', () => {
  it.each([
    ['garbage', 'nonsense', { BAD_MESSAGE: 20 }],
    ['unknown events', '{"event":"nope","id":1}', { UNKNOWN_EVENT: 20 }],
    ['valid messages', JSON.stringify(echo(1)), { echo: 100, RATE_LIMITED: 1 }],
    ['forbidden messages', '{"event":"admin","id":1}', { FORBIDDEN: 20 }],
  ])('R1 I1 of %s end with 4429 and one line', async (_kind, text, heard) => {
    await start();
    const bystander = await connect('bob');
    const client = await connect();
    const bytes = frame({ payload: text });
    client.sendRaw(Buffer.concat(Array.from({ length: 10_000 }, () => bytes)));
    expect(await end(client)).toEqual({ code: 4429, codes: heard });
    expect(StrikeGateway.served).toBeLessThanOrEqual(100);
    await happened('messages.refused');
    await happened('connection.closed');
    expect(ofType('messages.refused')).toHaveLength(1);
    expect(ofType('messages.refused')[0]).toMatchObject({ 'user.id': 'alice', 'url.path': '/ws' });
    expect(ofType('connection.closed')).toMatchObject([{ 'close.code': 4429 }]);
    expect(await bystander.request('echo', { text: 'still here' })).toMatchObject({ event: 'echo' });
  });

  it('R7 of pings end with 4429, and those within the budget are answered', async () => {
    await start();
    const client = await connect();
    let pongs = 0;
    client.socket.on('pong', () => pongs++);
    const ping = frame({ opcode: Opcode.PING, payload: 'x' });
    client.sendRaw(Buffer.concat(Array.from({ length: 10_000 }, () => ping)));
    expect(await end(client)).toEqual({ code: 4429, codes: { RATE_LIMITED: 1 } });
    expect(pongs).toBe(100);
  });

  it('R7 of unsolicited pongs end with 4429', async () => {
    await start();
    const client = await connect();
    client.sendRaw(Buffer.concat(Array.from({ length: 1000 }, () => frame({ opcode: Opcode.PONG }))));
    expect((await end(client)).code).toBe(4429);
  });

  it('R6 of fragments end with 4429, because each fragment counts as a frame', async () => {
    await start();
    const client = await connect();
    const [first, ...rest] = JSON.stringify(echo(1)).split('');
    const fragments = [
      frame({ payload: first as string, fin: false }),
      ...rest.map((payload, index) =>
        frame({ opcode: Opcode.CONTINUATION, payload, fin: index === rest.length - 1 }),
      ),
    ];
    const message = Buffer.concat(fragments);
    client.sendRaw(Buffer.concat(Array.from({ length: 500 }, () => message)));
    const { code, codes } = await end(client);
    expect(code).toBe(4429);
    expect(codes['echo']).toBe(Math.floor(100 / fragments.length));
  });

  it('R1 before the login end with 4429 too', async () => {
    await start({ authSources: ['message'], authTimeoutMs: 60_000 });
    const client = await connect(null);
    client.sendRaw(Buffer.concat(Array.from({ length: 1000 }, () => frame({ opcode: Opcode.PING }))));
    expect((await end(client)).code).toBe(4429);
  });
});

describe('the frame budget', () => {
  const answers = async (client: TestClient, times: number): Promise<string[]> => {
    for (let id = 1; id <= times; id++) client.send(echo(id));
    client.send({ event: 'nope', id: 'end' });
    // Refusals arrive before replies, because they need no handler.
    const frames = await Promise.all(Array.from({ length: times + 1 }, () => client.next()));
    return frames.map(nameOf).toSorted();
  };

  it('R1 refills with time', async () => {
    await start({ frameRate: 10, frameBurst: 5 });
    const client = await connect();
    expect(await answers(client, 5)).toEqual(['RATE_LIMITED', 'echo', 'echo', 'echo', 'echo', 'echo']);
    clock.advance(200);
    expect(await answers(client, 2)).toEqual(['RATE_LIMITED', 'echo', 'echo']);
    await client.close();
  });

  it('R1 reports once per run that it is spent, and for how long', async () => {
    await start({ frameRate: 10, frameBurst: 2 });
    const client = await connect();
    // In one write, because otherwise the service may answer the first before it has received the others.
    const messages = Array.from({ length: 10 }, (_, n) => frame({ payload: JSON.stringify(echo(n + 1)) }));
    client.sendRaw(Buffer.concat(messages));
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(({ id }) => id)).toEqual([1, 2, undefined]);
    expect(frames[2]).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        code: 'RATE_LIMITED',
        message: 'Rate limit exceeded. Please wait.',
        retryAfterMs: 100,
      },
    });
    clock.advance(100);
    client.send(echo(11));
    expect(await client.next()).toMatchObject({ event: 'echo', id: 11 });
    await client.close();
  });

  it('R1 counts bytes', async () => {
    await start({ byteRate: 100_000 });
    const client = await connect();
    const padded = JSON.stringify(echo(1)).padEnd(49_000);
    for (let i = 0; i < 3; i++) client.send(padded);
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(nameOf).toSorted()).toEqual(['RATE_LIMITED', 'echo', 'echo']);
    await client.close();
  });

  it('H9 counts the decompressed size of a message', async () => {
    await start({ byteRate: 100_000, compression: true });
    const client = await connect();
    expect(client.socket.extensions).toContain('permessage-deflate');
    const padded = JSON.stringify(echo(1)).padEnd(60_000);
    for (let i = 0; i < 2; i++) client.send(padded);
    const frames = [await client.next(), await client.next()];
    expect(frames.map(nameOf).toSorted()).toEqual(['RATE_LIMITED', 'echo']);
    await client.close();
  });
});

describe('violations', () => {
  const strike = async (client: TestClient, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await client.request('nope');
  };

  it('I1 are forgotten after strikeTtlMs', async () => {
    await start({ strikeLimit: 5, strikeTtlMs: 10_000 });
    const client = await connect();
    await strike(client, 4);
    clock.advance(10_000);
    await strike(client, 4);
    client.send('garbage');
    expect((await client.closed).code).toBe(4429);
  });

  it('I1 are counted per connection', async () => {
    await start({ strikeLimit: 5 });
    const [one, other] = [await connect(), await connect()];
    await strike(one, 4);
    await strike(other, 4);
    expect(await one.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    await other.close();
    await one.close();
  });

  it('do not include invalid bodies', async () => {
    await start({ strikeLimit: 2 });
    const client = await connect();
    for (let i = 0; i < 10; i++)
      expect(await client.request('echo', {})).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
    await client.close();
  });

  it('R2 include each message over the limit, which is answered if it has an id', async () => {
    await start({ rateLimit: 3, strikeLimit: 6 });
    const client = await connect();
    for (let id = 1; id <= 4; id++) client.send(echo(id));
    for (let i = 0; i < 3; i++) client.send(echo());
    for (let id = 5; id <= 6; id++) client.send(echo(id));
    const { code, codes } = await end(client);
    expect({ code, codes }).toEqual({ code: 4429, codes: { echo: 3, RATE_LIMITED: 3 } });
  });

  it('R2 over the limit are reported once per run to a client that sends no ids', async () => {
    await start({ rateLimit: 1 });
    const client = await connect();
    for (let i = 0; i < 5; i++) client.send(echo());
    client.send({ event: 'nope', id: 'end' });
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(nameOf).toSorted()).toEqual(['RATE_LIMITED', 'UNKNOWN_EVENT', 'echo']);
    await client.close();
  });

  it('end with a goodbye that says when to reconnect', async () => {
    await start({ strikeLimit: 2, strikeTtlMs: 9000 });
    const client = await TestClient.connect(`${running.url}/ws`, {
      token: await mintToken(),
      protocols: ['ws-security.v1'],
    });
    await client.request('nope');
    clock.advance(1000);
    client.send('garbage');
    expect(await client.next()).toMatchObject({ event: 'exception' });
    expect(await client.next()).toEqual({
      event: 'goodbye',
      data: { code: 4429, reason: 'too many requests', reconnect: 'backoff', retryAfterMs: 8000 },
    });
  });

  it('L1 are reported with principal, address, path and kind, also when the client leaves earlier', async () => {
    await start();
    const client = await connect();
    await strike(client, 3);
    await client.close();
    await happened('messages.refused');
    expect(ofType('messages.refused')).toMatchObject([
      {
        'user.id': 'alice',
        'client.address': '127.0.0.1',
        'url.path': '/ws',
        counts: { UNKNOWN_EVENT: 3 },
      },
    ]);
    expect(clock.advance(60_000)).toBeUndefined();
    expect(ofType('messages.refused')).toHaveLength(1);
  });
});

describe('bans', () => {
  const strikeOut = async (client: TestClient): Promise<void> => {
    client.send('garbage');
    await client.closed;
  };

  it('R5 apply to the principal on every connection, but not to others at the same address', async () => {
    await start({ strikeLimit: 1, banMs: 60_000 });
    const [one, other, bob] = [await connect(), await connect(), await connect('bob')];
    await strikeOut(one);
    expect(await other.closed).toEqual({ code: 4403, reason: 'banned' });
    expect((await TestClient.refused(`${running.url}/ws`, { token: await mintToken() })).body).toMatchObject({
      status: 403,
      code: 'BANNED',
    });
    expect(await bob.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    await (await connect('carol')).close();
    await (await connect(null)).close();
    clock.advance(60_000);
    await (await connect()).close();
    await bob.close();
  });

  it.each<[string, CredentialSource[]]>([
    ['a handshake', ['header']],
    ['a login', ['message']],
  ])('end %s that is in progress', async (_what, authSources) => {
    await start({ strikeLimit: 1, banMs: 60_000, authSources }, [BanningGuard]);
    const token = await mintToken();
    const come = async (): Promise<TestClient> => {
      const client = await TestClient.connect(`${running.url}/members`, { token });
      if (authSources.includes('message')) client.send({ event: 'auth', data: { token } });
      return client;
    };
    const one = await come();
    if (authSources.includes('message')) await one.next();
    BanningGuard.meanwhile = () => strikeOut(one);
    expect((await (await come()).closed).code).toBe(4403);
  });

  it('end a login of an anonymous client that is in progress', async () => {
    await start({ strikeLimit: 1, banMs: 60_000, authSources: ['header', 'message'] }, [BanningGuard]);
    const token = await mintToken();
    const one = await connect();
    const other = await connect(null);
    BanningGuard.meanwhile = () => strikeOut(one);
    expect(await other.request('auth', { token })).toMatchObject({ data: { code: 'FORBIDDEN' } });
    expect((await other.closed).code).toBe(4429);
  });

  it('of an address end a handshake with a token that is in progress there', async () => {
    await start({}, [BanningGuard]);
    BanningGuard.meanwhile = () => running.app.get(BanService).banAddress('127.0.0.1', 60_000);
    expect(await (await connect()).closed).toEqual({ code: 4403, reason: 'banned' });
    expect((await TestClient.refused(`${running.url}/ws`)).body).toMatchObject({ code: 'BANNED' });
  });

  it('apply to the address of an anonymous client', async () => {
    await start({ strikeLimit: 1, banMs: 60_000 });
    await strikeOut(await connect(null));
    expect((await TestClient.refused(`${running.url}/ws`)).body).toMatchObject({ code: 'BANNED' });
    clock.advance(60_000);
    await (await connect(null)).close();
  });

  it('are off by default', async () => {
    await start({ strikeLimit: 1 });
    await strikeOut(await connect());
    await (await connect()).close();
  });
});
