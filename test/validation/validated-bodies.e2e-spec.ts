import { type PipeTransform, ValidationPipe } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Transform } from 'class-transformer';
import { IsInt } from 'class-validator';
import { SecureGateway } from 'nestjs-ws-security';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { Witness, Bodies, Lists, providers } from '../support/bodies.gateway.js';

async function connectTo(running: RunningApp): Promise<TestClient> {
  return TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
}

describe('bodies', () => {
  let running: RunningApp;
  let client: TestClient;

  beforeAll(async () => {
    running = await startApp({ gateways: [Bodies], providers });
    client = await connectTo(running);
  });

  beforeEach(() => {
    Witness.seen = undefined;
  });

  afterAll(async () => {
    await client.close();
    await running.close();
  });

  it.each([{ any: '<thing>' }, ['list'], null, 7])(
    'I3 %j is passed on unchanged with @UnvalidatedBody() or an own pipe',
    async (body) => {
      expect(await client.request('anything', body)).toMatchObject({ event: 'anything', data: { body } });
      expect(await client.request('own-pipe', body)).toMatchObject({ event: 'own-pipe', data: { body } });
    },
  );

  it('I3 a refusal by a pipe of a parameter is VALIDATION_FAILED', async () => {
    expect(await client.request('items', [{ name: 'a' }])).toMatchObject({ event: 'items' });
    expect(await client.request('count', { count: '7' })).toMatchObject({ data: { count: 7 } });
    for (const [event, body] of [
      ['items', [{ name: 7 }]],
      ['items', null],
      ['count', { count: 'canary' }],
      ['count', null],
      ['count', 'canary'],
    ] as const) {
      const answer = await client.request(event, body);
      expect(answer).toMatchObject({ event: 'exception', data: { code: 'VALIDATION_FAILED' } });
      expect(JSON.stringify(answer)).not.toContain('canary');
    }
  });

  it.each(['traced', 'piped'])(
    'I3 a policy sees the validated body of a handler that is %s',
    async (event) => {
      const answer = await client.request(event, { name: '<b>a</b>' });
      expect(answer).toMatchObject({ event, data: { item: { name: 'a' }, same: true } });
      Witness.seen = undefined;
      expect(await client.request(event, { name: 7 })).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
      expect(Witness.seen).toBeUndefined();
    },
  );

  it('I3 a list whose items no pipe validates prevents the start', async () => {
    const start = startApp({ gateways: [Lists] });
    await expect(start).rejects.toThrow(/Lists\.list: .*\n.*Lists\.otherList: /);
  });
});

describe('bodies behind a global ValidationPipe', () => {
  let running: RunningApp;
  let client: TestClient;

  const start = async (...pipes: PipeTransform[]): Promise<void> => {
    running = await startApp({
      gateways: [Bodies],
      providers,
      beforeInit: (app) => void app.useGlobalPipes(...pipes),
    });
    client = await connectTo(running);
  };

  afterEach(async () => {
    await client.close();
    await running.close();
  });

  it('I2 I9 are the client’s, not converted by the global pipe', async () => {
    const transformOptions = { enableImplicitConversion: true };
    await start(new ValidationPipe({ whitelist: true, transform: true, transformOptions }));
    expect(await client.request('item', { name: '<b>a' })).toMatchObject({ data: { item: { name: 'a' } } });
    for (const [body, path] of [
      [{ name: 'a', more: 1 }, 'more'],
      [{ name: 7 }, 'name'],
      [{ name: 'a', count: '7' }, 'count'],
      [{ name: 'a', count: 2 ** 53 }, 'count'],
    ] as const)
      expect(await client.request('item', body)).toMatchObject({
        data: { code: 'VALIDATION_FAILED', errors: [{ path }] },
      });
    expect(await client.request('part', { item: { name: 'a' } })).toMatchObject({ event: 'part' });
    expect(await client.request('part', { item: { name: 7 } })).toMatchObject({
      data: { code: 'VALIDATION_FAILED' },
    });
    expect(await client.request('count', { count: '7' })).toMatchObject({ data: { count: 7 } });
    expect(await client.request('anything', { any: 1 })).toMatchObject({ event: 'anything' });
    expect(await client.request('items', [{ name: 'a' }])).toMatchObject({ event: 'items' });
  });

  it('may be transformed by another pipe', async () => {
    await start({ transform: (value, { type }) => (type === 'body' ? { name: String(value) } : value) });
    expect(await client.request('item', 'a')).toMatchObject({ data: { item: { name: 'a' } } });
  });
});

describe('gateways that extend a gateway', () => {
  class Price {
    @Transform(({ value }) => Math.round(Number(value) * 100))
    @IsInt()
    cents!: number;
  }

  @SecureGateway({ path: '/base' })
  class Base {
    @SubscribeMessage('price')
    price(@MessageBody() { cents }: Price): { cents: number } {
      return { cents };
    }
  }

  @SecureGateway({ path: '/extended' })
  class Extended extends Base {}

  it.each(['/base', '/extended'])('I8 %s transforms a body once', async (path) => {
    const running = await startApp({ gateways: [Base, Extended] });
    const client = await TestClient.connect(`${running.url}${path}`, { token: await mintToken() });
    expect(await client.request('price', { cents: '1.5' })).toMatchObject({ data: { cents: 150 } });
    await client.close();
    await running.close();
  });
});
