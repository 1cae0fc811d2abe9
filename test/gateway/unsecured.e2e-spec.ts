import type { Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { LegacyGateway, RawGateway, SecondGateway } from '../support/legacy.gateways.js';
import { ownPort } from '../support/own-port.js';
import { type PlainApp, startPlainApp } from '../support/plain-app.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';

type Scenario = (url: string) => Promise<unknown>;

const startPlain = (gateways: Type[]): Promise<PlainApp> => startPlainApp({ providers: gateways });
const startOurs = (gateways: Type[]): Promise<RunningApp> =>
  startApp({ gateways, module: { unsecured: gateways } });

/** Runs a scenario under Nest's own adapter and under ours. @returns both outcomes */
async function bothWays(gateways: Type[], scenario: Scenario): Promise<[plain: unknown, ours: unknown]> {
  const outcomes: unknown[] = [];
  for (const start of [startPlain, startOurs]) {
    LegacyGateway.log = [];
    const running = await start(gateways);
    outcomes.push(await scenario(running.url));
    await running.close();
  }
  return outcomes as [unknown, unknown];
}

/** Expects the same outcome under both adapters, and that it is this one. */
async function expectBothWays(gateways: Type[], scenario: Scenario, expected: unknown): Promise<void> {
  const [plain, ours] = await bothWays(gateways, scenario);
  expect(plain).toEqual(expected);
  expect(ours).toEqual(plain);
}

/** Sends messages, waits for so many frames, and makes sure that no other ones came. */
async function talk(url: string, messages: readonly unknown[], frames: number): Promise<unknown[]> {
  const client = await TestClient.connect(`${url}/legacy`);
  for (const message of messages) client.send(message);
  const answers: unknown[] = [];
  while (answers.length < frames) answers.push(await client.next());
  client.send({ event: 'response', data: 'end' });
  answers.push((await client.next()).data, ...client.take());
  await client.close();
  return answers;
}

const CASES: [name: string, messages: unknown[], answers: unknown[]][] = [
  ['a response', [{ event: 'response', data: { a: [1] } }], [{ event: 'response', data: { a: [1] } }]],
  ['a response without data', [{ event: 'response' }], [{ event: 'response' }]],
  ['other members of the frame', [{ event: 'response', data: 1, id: 7 }], [{ event: 'response', data: 1 }]],
  ['a bare value', [{ event: 'value', data: { member: 'x' } }], ['x']],
  [
    'nothing',
    [
      { event: 'value', data: { member: null } },
      { event: 'value', data: {} },
    ],
    [],
  ],
  ['a promise', [{ event: 'promise' }], [{ event: 'promise', data: null }]],
  ['arguments by position', [{ event: 'positional', data: 5 }], [{ event: 'positional', data: [1, 5] }]],
  ['a stream', [{ event: 'stream' }], [1, { event: 'stream', data: 2 }, [3]]],
  [
    'a stream that fails',
    [{ event: 'broken-stream', data: 8 }],
    ['first', { event: 'exception', data: exception('broken', 'broken-stream', 8) }],
  ],
  [
    'a WsException',
    [{ event: 'text', data: 'in' }],
    [{ event: 'exception', data: exception('no such room', 'text', 'in') }],
  ],
  [
    'an object in a WsException',
    [{ event: 'object' }],
    [{ event: 'exception', data: { code: 17, reason: 'full' } }],
  ],
  [
    'an HttpException',
    [{ event: 'http' }],
    [{ event: 'exception', data: exception('Internal server error', 'http') }],
  ],
  [
    'an error',
    [{ event: 'error' }],
    [{ event: 'exception', data: exception('Internal server error', 'error') }],
  ],
  ['a filter of the gateway', [{ event: 'own' }], [{ event: 'own', data: 'mine' }]],
  ['a guard that lets a message pass', [{ event: 'even', data: 4 }], [{ event: 'even', data: 4 }]],
  [
    'a guard that refuses',
    [{ event: 'even', data: 3 }],
    [{ event: 'exception', data: exception('Forbidden resource', 'even', 3) }],
  ],
  [
    'a valid body',
    [{ event: 'validated', data: { text: 'short' } }],
    [{ event: 'validated', data: 'short' }],
  ],
  [
    'an invalid body',
    [{ event: 'validated', data: { text: 'too long' } }],
    [{ event: 'exception', data: exception('text', 'validated', { text: 'too long' }) }],
  ],
  ['an interceptor of the gateway', [{ event: 'double', data: 21 }], [{ event: 'doubled', data: 42 }]],
  ['an event that this module reserves', [{ event: 'ping' }], [{ event: 'pong', data: 'of the gateway' }]],
  ['an unknown event', [{ event: 'unknown' }, { event: 'auth', data: { token: 'x' } }], []],
  ['what is no message', ['{', '5', 'null', '"text"', '[]', '{}', ''], []],
];

function exception(message: string, pattern: string, data?: unknown): object {
  return { status: 'error', message, cause: { pattern, ...(data !== undefined && { data }) } };
}

describe('an unsecured gateway behaves as under the WsAdapter of Nest:', () => {
  describe('its answers:', () => {
    let plain: PlainApp;
    let ours: RunningApp;

    beforeAll(async () => {
      plain = await startPlain([LegacyGateway]);
      ours = await startOurs([LegacyGateway]);
    });
    afterAll(() => Promise.all([plain.close(), ours.close()]));

    it.each(CASES)('%s', async (_name, messages, answers) => {
      const expected = [...answers, 'end'];
      expect(await talk(plain.url, messages, answers.length)).toEqual(expected);
      expect(await talk(ours.url, messages, answers.length)).toEqual(expected);
    });
  });

  it('its hooks and its server', async () => {
    const scenario: Scenario = async (url) => {
      const first = await TestClient.connect(`${url}/legacy?room=1`);
      const second = await TestClient.connect(`${url}/legacy`);
      first.send({ event: 'everyone', data: 'hello' });
      const frames = [await first.next(), await second.next()];
      second.send({ event: 'leave' });
      const closed = await second.closed;
      await first.close();
      return { frames, closed, log: LegacyGateway.log };
    };
    await expectBothWays([LegacyGateway], scenario, {
      frames: [
        { event: 'everyone', data: 'hello' },
        { event: 'everyone', data: 'hello' },
      ],
      closed: { code: 4001, reason: 'bye' },
      log: [
        'init true',
        'connected /legacy?room=1 1',
        'connected /legacy 1',
        'disconnected 3 4001',
        'disconnected 3 1005',
      ],
    });
  });

  it('its handlers run side by side', async () => {
    const scenario: Scenario = async (url) => {
      const client = await TestClient.connect(`${url}/legacy`);
      client.send({ event: 'slow', data: 'first' });
      client.send({ event: 'response', data: 'second' });
      const frames = [await client.next()];
      LegacyGateway.finishSlow();
      frames.push(await client.next());
      await client.close();
      return frames.map(({ data }) => data);
    };
    await expectBothWays([LegacyGateway], scenario, ['second', 'first']);
  });

  it('each gateway on a path handles each message', async () => {
    const scenario: Scenario = async (url) => {
      const client = await TestClient.connect(`${url}/legacy`);
      client.send({ event: 'response', data: 1 });
      const frames = [await client.next(), await client.next()];
      await client.close();
      const log = LegacyGateway.log.filter((line) => line.startsWith('connected'));
      return { events: frames.map(({ event }) => event).toSorted(), log: log.toSorted() };
    };
    await expectBothWays([LegacyGateway, SecondGateway], scenario, {
      events: ['response', 'second'],
      log: ['connected /legacy 1', 'connected to the second'],
    });
  });

  it('messages do not wait for its connect hook, and its own listeners get them first', async () => {
    const scenario: Scenario = async (url) => {
      const client = await TestClient.connect(url, { headers: { authorization: 'Custom abc' } });
      client.send({ event: 'hello' });
      client.send('raw');
      const frames: unknown[] = [await client.next(), await client.next(), await client.next()];
      RawGateway.greet();
      frames.push(await client.next());
      await client.close();
      return frames;
    };
    const hex = (text: string) => ({ raw: Buffer.from(text).toString('hex'), isBinary: false });
    const [plain, ours] = await bothWays([RawGateway], scenario);
    expect(new Set(plain as object[])).toEqual(
      new Set([
        hex('{"event":"hello"}'),
        hex('raw'),
        { event: 'hello', data: null },
        { greeting: 'Custom abc' },
      ]),
    );
    expect(ours).toEqual(plain);
  });

  it('it selects the first subprotocol, or the one that it chooses', async () => {
    @WebSocketGateway({
      path: '/choice',
      handleProtocols: (offered: Set<string>) => offered.has('b') && 'b',
    } as object)
    class ChoosingGateway {}

    const scenario: Scenario = async (url) => {
      const chosen: string[] = [];
      for (const path of ['/legacy', '/choice']) {
        const client = await TestClient.connect(url + path, { protocols: ['a', 'b'] });
        chosen.push(client.socket.protocol);
        await client.close();
      }
      return chosen;
    };
    await expectBothWays([LegacyGateway, ChoosingGateway], scenario, ['a', 'b']);
  });

  it('its port and path', async () => {
    const [first, second] = [await ownPort(), await ownPort()];

    @WebSocketGateway(first)
    class AnyPath {
      @SubscribeMessage('where')
      where(): string {
        return 'any path';
      }
    }

    @WebSocketGateway(second, { path: 'own' })
    class OwnPath {
      @SubscribeMessage('where')
      where(): string {
        return 'its path';
      }
    }

    const scenario: Scenario = async () => {
      const answers: unknown[] = [];
      for (const place of [first, `${first}/some/path?a=b`, `${second}/own`]) {
        const client = await TestClient.connect(`ws://127.0.0.1:${place}`);
        client.send({ event: 'where' });
        answers.push(await client.next());
        await client.close();
      }
      return answers;
    };
    await expectBothWays([AnyPath, OwnPath], scenario, ['any path', 'any path', 'its path']);
  });
});
