import { type RequestError, WsClient } from 'nestjs-ws-security/client';
import { WebSocket } from 'ws';
import {
  ANSWERING,
  ChosenGateway,
  FAILING,
  FILTERS,
  Gated,
  PlacedGateway,
  gatewayOf,
  turn,
} from '../support/failing-filters.js';
import { Logged } from '../support/logged.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let running: RunningApp;
let logged: Logged;
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  running = await startApp({
    gateways: [
      ...FILTERS.map(([name, filter]) => gatewayOf(`/${name}`, filter)),
      gatewayOf('/gated', Gated),
      PlacedGateway,
      ChosenGateway,
    ],
    options: {
      strikeLimit: 3,
      maxInFlight: 1,
      maxConnectionsPerUser: 1000,
      rateLimit: 100_000,
      connectRateLimit: 1000,
    },
  });
});

beforeEach(() => void (logged = new Logged()));

afterEach(() => {
  logged.stop();
  expect(rejections.splice(0)).toEqual([]);
});

afterAll(async () => {
  await running.close();
  process.off('unhandledRejection', note);
});

const connect = async (path: string): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken() });

/** Sends a frame. @returns all frames that follow from it */
async function framesAfter(client: TestClient, frame: object): Promise<Frame[]> {
  client.send(frame);
  // Pending microtasks and immediates finish before the second of these pings is answered.
  for (let count = 0; count < 3; count++) {
    client.send({ event: 'ping', id: 'over' });
    await turn();
  }
  const frames: Frame[] = [];
  for (let pongs = 0; pongs < 3;) {
    const next = await client.next();
    if (next.id === 'over') pongs++;
    else frames.push(next);
  }
  return frames;
}

/** Sends a request. @returns all frames until after its answer */
async function answersTo(path: string, event: string): Promise<Frame[]> {
  const client = await connect(path);
  client.send({ event, data: {}, id: 7 });
  const frames: Frame[] = [];
  while (!frames.some(({ id }) => id === 7)) frames.push(await client.next());
  frames.push(...(await framesAfter(client, { event: 'ping', id: 'more' })));
  await client.close();
  return frames.filter(({ id }) => id !== 'more');
}

describe.each(FILTERS)('behind the filter "%s"', (name) => {
  it.each(FAILING)(
    'I11 a failed request is answered once under its id and not acknowledged: %s',
    async (event) => {
      const frames = await answersTo(`/${name}`, event);
      const answers = frames.filter(({ id }) => id === 7);
      expect(answers).toHaveLength(1);
      expect(answers[0]?.event).toBe(ANSWERING.has(name) ? 'failed' : 'exception');
      const own = frames.filter((frame) => frame.event !== 'failed' && !('cause' in (frame.data ?? {})));
      expect(JSON.stringify(own)).not.toContain('canary');
    },
  );

  it('a successful request is answered and acknowledged as usual', async () => {
    const client = await connect(`/${name}`);
    expect(await client.request('nothing')).toMatchObject({ event: 'ack', data: null });
    expect(await client.request('echo', { text: 'x' })).toMatchObject({ event: 'echo', data: { text: 'x' } });
    await client.close();
  });

  it('a failed request of our client rejects, unless the filter itself replied', async () => {
    const client = new WsClient({
      url: `${running.url}/${name}`,
      token: await mintToken(),
      WebSocket,
    });
    const open = new Promise<void>((resolve) => {
      client.on('session', () => resolve());
    });
    await client.connect();
    await open;
    const outcome = await client.request('throws').then(
      (data) => ({ data }),
      ({ code }: RequestError) => ({ code }),
    );
    const code = name === 'converting' ? 'OVERLOADED' : 'INTERNAL_ERROR';
    // A custom frame other than `exception` is a reply.
    expect(outcome).toEqual(ANSWERING.has(name) ? { data: null } : { code });
    client.close();
  });
});

it('I11 the answer contains what the exception says, unless the filter answered under the id', async () => {
  const client = await connect('/silent');
  expect(await client.request('says')).toMatchObject({
    data: { code: 'REJECTED', message: 'The room is full.' },
  });
  expect(await client.request('echo', { text: 1 })).toMatchObject({
    data: { code: 'VALIDATION_FAILED', errors: [{ path: 'text' }] },
  });
  await client.close();
  const converting = await connect('/converting');
  expect(await converting.request('throws')).toMatchObject({
    data: { code: 'OVERLOADED', message: 'Come back later.', retryAfterMs: 5 },
  });
  await converting.close();
});

it('the answer to a message without an id is left to the filter', async () => {
  const sent: [path: string, count: number][] = [
    ['/base', 1],
    ['/sending', 1],
    ['/silent', 0],
    ['/throwing', 0],
    ['/own', 1],
  ];
  for (const [path, count] of sent) {
    const client = await connect(path);
    expect(await framesAfter(client, { event: 'throws' })).toHaveLength(count);
    await client.close();
  }
});

it('a stream that fails after its first value ends with an error under its id', async () => {
  const frames = await answersTo('/silent', 'streams-first');
  expect(frames.map(({ event, id }) => [event, id])).toEqual([
    ['streams-first', 7],
    ['exception', 7],
  ]);
});

it('I1 a refusal behind a filter of the application counts as a violation', async () => {
  const client = await connect('/silent');
  for (let id = 0; id < 3; id++) client.send({ event: 'limits', data: {}, id });
  expect((await client.closed).code).toBe(4429);
});

it('I1 a refusal in the words of the application behind its own filter is no violation', async () => {
  const client = await connect('/silent');
  for (let id = 0; id < 5; id++)
    expect(await client.request('forbids', {})).toMatchObject({ data: { code: 'FORBIDDEN' } });
  await client.close();
});

it('the filter of a method takes precedence over its class, and the filter that matches the exception is chosen', async () => {
  const placed = await connect('/placed');
  expect(await framesAfter(placed, { event: 'sending' })).toEqual([{ event: 'failed', data: null }]);
  expect(await framesAfter(placed, { event: 'silent' })).toEqual([]);
  await placed.close();
  const chosen = await connect('/chosen');
  for (const event of ['forbids', 'forbids-too'])
    expect(await framesAfter(chosen, { event, id: 1 })).toMatchObject([
      { event: 'forbidden' },
      { event: 'exception', data: { code: 'FORBIDDEN' }, id: 1 },
    ]);
  expect(await framesAfter(chosen, { event: 'throws' })).toMatchObject([
    { data: { code: 'INTERNAL_ERROR' } },
  ]);
  await chosen.close();
});

it('R9 a handler holds its place until an asynchronous filter has finished', async () => {
  let open: () => void = () => undefined;
  Gated.gate = new Promise((resolve) => (open = resolve));
  const client = await connect('/gated');
  client.send({ event: 'throws', id: 1 });
  expect(await framesAfter(client, { event: 'nothing', id: 2 })).toEqual([]);
  open();
  expect([(await client.next()).id, (await client.next()).id]).toEqual([1, 2]);
  await client.close();
});

it('L6 failing handlers and filters are logged with one stack, then counted', async () => {
  for (const [path, text] of [
    ['/own', 'A handler of "throws" failed'],
    ['/silent', 'A handler of "throws" failed'],
    ['/throwing', 'A filter of "throws" failed: ThrowingFilter'],
    ['/rejecting', 'A filter of "throws" failed: RejectingFilter'],
  ] as const) {
    logged.errors.length = 0;
    const client = await connect(path);
    for (let count = 0; count < 5; count++) await client.request('throws');
    await client.close();
    // Earlier tests may have logged this kind of failure already.
    expect(logged.texts.filter((line) => line === text).length).toBeLessThan(2);
    expect(logged.texts.filter((line) => line !== text)).toEqual([]);
  }
});
