import { jest } from '@jest/globals';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { Doubling, Upper, KitchenSink } from '../support/kitchen-sink.gateway.js';

let running: RunningApp;
let client: TestClient;
let token: string;

beforeAll(async () => {
  running = await startApp({
    gateways: [KitchenSink, Doubling, Upper],
    options: { rateLimit: 1000, maxPayloadBytes: 4096 },
  });
  token = await mintToken();
});

beforeEach(async () => {
  client = await TestClient.connect(`${running.url}/ws`, { token });
});

afterEach(() => client.close());
afterAll(() => running.close());

/** Expects that the connection still serves requests. */
async function expectServed(): Promise<void> {
  expect(await client.request('note', { text: 'still here' })).toMatchObject({ event: 'note' });
}

describe('replies', () => {
  it('carry the event and the id of the request', async () => {
    client.send({ event: 'note', data: { text: 'hi' }, id: 'a-1' });
    expect(await client.next()).toEqual({ event: 'note', data: { text: 'hi' }, id: 'a-1' });
    client.send({ event: 'note', data: { text: 'hi' } });
    expect(await client.next()).toEqual({ event: 'note', data: { text: 'hi' } });
  });

  it('may name another event', async () => {
    expect(await client.request('named')).toEqual({ event: 'other', data: 7, id: 1 });
  });

  it('acknowledge a request whose handler returns nothing, but not a message without an id', async () => {
    client.send({ event: 'nothing' });
    expect(await client.request('nothing')).toEqual({ event: 'ack', data: null, id: 1 });
  });

  it('stream the values of an observable', async () => {
    client.send({ event: 'stream', id: 9 });
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(({ data, id }) => [data, id])).toEqual([
      [1, 9],
      [2, 9],
      [3, 9],
    ]);
  });

  it('pass through interceptors', async () => {
    expect(await client.request('doubled')).toMatchObject({ event: 'doubled', data: 42 });
  });

  it('come in order with pushes, which have no id', async () => {
    client.send({ event: 'me', id: 1 });
    expect([await client.next(), await client.next()]).toEqual([
      { event: 'hello', data: { to: 'alice' } },
      { event: 'me', data: { id: 'alice', path: '/ws' }, id: 1 },
    ]);
  });

  it.each(['bigint', 'function', 'symbol', 'unwritten'])(
    'L5 that cannot be serialised become INTERNAL_ERROR: %s',
    async (event) => {
      expect(await client.request(event)).toMatchObject({
        event: 'exception',
        data: { code: 'INTERNAL_ERROR' },
      });
      await expectServed();
    },
  );

  it('L5 whose properties throw become INTERNAL_ERROR, and the stream continues', async () => {
    expect(await client.request('unreadable')).toMatchObject({ data: { code: 'INTERNAL_ERROR' } });
    expect(await client.next()).toMatchObject({ event: 'unreadable', data: { text: 'next' } });
    await expectServed();
  });

  it('to ping are pong', async () => {
    expect(await client.request('ping')).toEqual({ event: 'pong', data: null, id: 1 });
  });
});

describe('malformed frames', () => {
  it.each([
    '',
    ' ',
    'garbage',
    '{',
    'null',
    '1',
    '"note"',
    '[]',
    '[{"event":"note"}]',
    '{}',
    '{"event":1}',
    '{"event":null}',
    '{"event":""}',
    '{"event":["note"]}',
    '{"event":"note","id":{}}',
    '{"event":"note","id":true}',
    '{"event":"note","id":null}',
    '{"event":"note","extra":1}',
    `{"event":"${'n'.repeat(200)}"}`,
  ])('I1 %p is BAD_MESSAGE and the connection stays open', async (text) => {
    client.send(text);
    expect(await client.next()).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'BAD_MESSAGE', message: 'The message is malformed.' },
    });
    await expectServed();
  });

  it('I1 once a client has sent a malformed text, no other one makes the parser throw', async () => {
    const parse = jest.spyOn(JSON, 'parse');
    for (let turn = 0; turn < 3; turn++) {
      client.send(`{"malformed":${turn}:}`);
      expect(await client.next()).toMatchObject({ data: { code: 'BAD_MESSAGE' } });
      await expectServed();
    }
    const parsed = parse.mock.calls.map(([text]) => text).filter((text) => text.includes('malformed":'));
    parse.mockRestore();
    expect(parsed).toEqual(['{"malformed":0:}']);
  });

  it('I1 a request with an extra member is answered under its id', async () => {
    client.send({ event: 'note', data: { text: 'x' }, id: 7, type: 'request' });
    expect(await client.next()).toEqual({
      event: 'exception',
      data: { status: 'error', code: 'BAD_MESSAGE', message: 'The message is malformed.' },
      id: 7,
    });
  });

  it.each(['nope', 'constructor', '__proto__', 'toString'])(
    'I1 the event %s is UNKNOWN_EVENT',
    async (event) => {
      expect(await client.request(event)).toMatchObject({
        event: 'exception',
        data: { code: 'UNKNOWN_EVENT' },
        id: 1,
      });
      await expectServed();
    },
  );

  it('I7 a binary frame closes the connection with 1003', async () => {
    client.socket.send(Buffer.from('{"event":"nothing"}'));
    expect((await client.closed).code).toBe(1003);
  });

  it('a frame over the payload limit closes the connection with 1009', async () => {
    client.send({ event: 'note', data: { text: 'x'.repeat(5000) } });
    expect((await client.closed).code).toBe(1009);
  });
});

describe('validation', () => {
  it('names the field, the rule and the reason', async () => {
    const { data } = await client.request('note', { text: 'x'.repeat(21) });
    expect(data).toEqual({
      status: 'error',
      code: 'VALIDATION_FAILED',
      message: 'The message is not valid.',
      errors: [
        {
          path: 'text',
          constraint: 'maxLength',
          message: 'text must be shorter than or equal to 20 characters',
        },
      ],
    });
  });

  it('I2 I11 refuses unknown properties and returns only their sanitised path', async () => {
    const frame = await client.request('note', {
      text: 'hi',
      ['<img src=x>\u202e' + 'y'.repeat(100)]: 'canary-value',
    });
    expect(frame.data).toMatchObject({ code: 'VALIDATION_FAILED' });
    const [error] = (frame.data as unknown as { errors: { path: string; constraint: string }[] }).errors;
    expect(error?.path).toMatch(/^imgsrcxy+$/);
    expect(error?.path.length).toBe(64);
    expect(JSON.stringify(frame)).not.toContain('canary-value');
  });

  it.each([undefined, null, 'text', 7, [], [{ text: 'hi' }]])('refuses the body %p', async (body) => {
    expect(await client.request('note', body)).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
  });

  it('does not convert types, and passes the handler an instance', async () => {
    expect(await client.request('count', { count: '7' })).toMatchObject({
      data: { code: 'VALIDATION_FAILED' },
    });
    expect(await client.request('count', { count: 7 })).toMatchObject({
      data: { count: 7, isInstance: true },
    });
  });

  it('I10 sanitises before it validates', async () => {
    const text = '  <b>Tom</b> & a < b <i>';
    expect(await client.request('note', { text })).toMatchObject({ data: { text: 'Tom & a < b' } });
  });

  it('runs the pipes of a parameter', async () => {
    expect(await client.request('shout', { word: 'hey' })).toMatchObject({ data: { word: 'HEY' } });
  });
});

describe('exceptions', () => {
  it.each([
    ['throws', { code: 'INTERNAL_ERROR', message: 'Internal server error' }],
    ['broken-stream', { code: 'INTERNAL_ERROR', message: 'Internal server error' }],
    ['rejects', { code: 'VALIDATION_FAILED', message: 'No such note', reason: 'BAD_REQUEST' }],
    ['forbids', { code: 'FORBIDDEN', message: 'Read only', reason: 'FORBIDDEN' }],
    ['ws-exception', { code: 'REJECTED', message: 'Room is full' }],
    ['teapot', { code: 'FORBIDDEN', message: 'I am a teapot' }],
  ])('L5 I11 %s becomes one frame with %j', async (event, error) => {
    client.send({ event, data: { payload: 'canary-body' }, id: 1 });
    expect(await client.next()).toEqual({
      event: 'exception',
      data: { status: 'error', ...error },
      id: 1,
    });
    // No other frame follows, not even an acknowledgement.
    client.send({ event: 'note', data: { text: 'still here' } });
    expect(await client.next()).toEqual({ event: 'note', data: { text: 'still here' } });
  });

  it.each<[object | null, object]>([
    [null, { message: 'The message was refused.' }],
    [
      { code: 'ROOM_FULL', message: 'No place' },
      { message: 'No place', reason: 'ROOM_FULL' },
    ],
    [
      { code: 4711, message: 'No place' },
      { message: 'No place', reason: '4711' },
    ],
    [{ code: { a: 1 }, message: 'No place' }, { message: 'No place' }],
    [{ code: 'ROOM_FULL' }, { message: 'The message was refused.', reason: 'ROOM_FULL' }],
    [
      { code: 'FORBIDDEN', message: 'No', stack: 'canary' },
      { message: 'No', reason: 'FORBIDDEN' },
    ],
    [
      { message: 'Later', retryAfterMs: 10 },
      { message: 'Later', retryAfterMs: 10 },
    ],
    [{ message: 'Later', retryAfterMs: -1 }, { message: 'Later' }],
    [{ message: 'Later', retryAfterMs: '10' }, { message: 'Later' }],
  ])('the WsException %j of the application is REJECTED in its words', async (error, body) => {
    const { data } = await client.request('ws-exception-of', { error: JSON.stringify(error) });
    expect(data).toEqual({ status: 'error', code: 'REJECTED', ...body });
  });

  it.each([
    [400, 'VALIDATION_FAILED', 'BAD_REQUEST'],
    [401, 'UNAUTHENTICATED', 'UNAUTHORIZED'],
    [403, 'FORBIDDEN', 'FORBIDDEN'],
    [404, 'REJECTED', 'NOT_FOUND'],
    [409, 'REJECTED', 'CONFLICT'],
    [422, 'VALIDATION_FAILED', 'UNPROCESSABLE_ENTITY'],
    [429, 'RATE_LIMITED', 'TOO_MANY_REQUESTS'],
    [499, 'REJECTED', undefined],
  ])('the HttpException %i of the application is %s in its words', async (status, code, reason) => {
    const { data } = await client.request('http-exception-of', { status });
    expect(data).toEqual({
      status: 'error',
      code,
      message: 'In my words',
      ...(reason && { reason }),
      ...(status === 429 && { retryAfterMs: 0 }),
    });
  });

  it.each([302, 500, 502])('L5 the HttpException %i says nothing to the client', async (status) => {
    const { data } = await client.request('http-exception-of', { status });
    expect(data).toEqual({ status: 'error', code: 'INTERNAL_ERROR', message: 'Internal server error' });
  });

  it('of the application for a limit with its own message have retryAfterMs too', async () => {
    expect((await client.request('own-limit')).data).toEqual({
      status: 'error',
      code: 'RATE_LIMITED',
      message: 'One report a day.',
      retryAfterMs: 0,
    });
  });

  it('of the application may have a reason beside a code of the module', async () => {
    expect((await client.request('own-reason')).data).toEqual({
      status: 'error',
      code: 'FORBIDDEN',
      message: 'The room is closed.',
      reason: 'ROOM_CLOSED',
    });
  });

  it.each([
    ['ws-exception', {}],
    ['forbids', {}],
    ['http-exception-of', { status: 401 }],
    ['http-exception-of', { status: 429 }],
  ])('of the application do not count as violations: %s %j', async (event, body) => {
    for (let count = 0; count < 25; count++)
      expect(await client.request(event, body)).toMatchObject({ event: 'exception' });
    await expectServed();
  });
});
