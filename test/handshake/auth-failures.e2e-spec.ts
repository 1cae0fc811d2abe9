import type { IncomingMessage } from 'node:http';
import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import {
  AuthFailures,
  ClientLocator,
  type ClientOrigin,
  InvalidCredentialError,
  SecurityEvents,
  SlidingWindowStorage,
  WS_THROTTLER_STORAGE,
} from 'nestjs-ws-security';
import { BearerGuard } from '../../docs/examples/bearer.guard.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

/** The Node request, with Express or Fastify. */
const rawOf = (request: IncomingMessage & { raw?: IncomingMessage }): IncomingMessage =>
  request.raw ?? request;

@Controller()
class GuardedController {
  constructor(
    private readonly clients: ClientLocator,
    private readonly failures: AuthFailures,
  ) {}

  @UseGuards(BearerGuard)
  @Get('guarded')
  guarded(): string {
    return 'welcome';
  }

  @Get('counted')
  async counted(@Req() request: IncomingMessage): Promise<object> {
    const { status, code, headers } = await this.failures.count(
      rawOf(request),
      new InvalidCredentialError('signature'),
    );
    return { status, code, headers };
  }

  @Get('where')
  where(@Req() request: IncomingMessage): ClientOrigin {
    return this.clients.locate(rawOf(request));
  }
}

let running: RunningApp;

afterEach(() => running.close());

async function start(options: AppOptions['options'] = {}, more: Partial<AppOptions> = {}): Promise<void> {
  running = await startApp({
    gateways: [EchoGateway],
    controllers: [GuardedController],
    options: { authFailureLimit: 3, authFailureTtlMs: 10_000, trustedProxies: ['127.0.0.1'], ...options },
    ...more,
  });
}

/** Sends an HTTP request with `from` as the client address of a trusted proxy. */
const ask = (path: string, bearer?: string, from = '198.51.100.1', more = {}): Promise<Response> =>
  fetch(`${running.url.replace('ws', 'http')}${path}`, {
    headers: {
      'X-Forwarded-For': from,
      Connection: 'close',
      ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
      ...more,
    },
  });

const handshake = (bearer: string, from = '198.51.100.1') =>
  rawHandshake(
    running.port,
    requestText('/ws', { 'X-Forwarded-For': from, Authorization: `Bearer ${bearer}` }),
  );

const statusesOf = (answers: { status: number }[]): number[] =>
  answers.map(({ status }) => status).toSorted((a, b) => a - b);

it('N15 HTTP and handshakes share one limit of wrong credentials per address, in parallel too', async () => {
  await start({ authFailureLimit: 10 });
  const halves = await Promise.all([
    ...Array.from({ length: 5 }, () => handshake('wrong')),
    ...Array.from({ length: 5 }, () => ask('/guarded', 'wrong')),
  ]);
  expect(statusesOf(halves)).toEqual(Array(10).fill(401));
  expect(statusesOf(await Promise.all([handshake('wrong'), ask('/guarded', 'wrong')]))).toEqual([429, 429]);
  const other = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      n % 2 === 0 ? handshake('wrong', '198.51.100.2') : ask('/guarded', 'wrong', '198.51.100.2'),
    ),
  );
  expect(statusesOf(other).filter((status) => status === 401)).toHaveLength(10);
  expect(statusesOf(other).filter((status) => status === 429)).toHaveLength(20);
});

it('N15 a valid credential is accepted over the limit, and a missing one is not counted', async () => {
  await start({ authFailureLimit: 3 });
  for (let i = 0; i < 5; i++) expect((await ask('/guarded')).status).toBe(401);
  expect(statusesOf(await Promise.all(Array.from({ length: 5 }, () => ask('/guarded', 'wrong'))))).toEqual([
    401, 401, 401, 429, 429,
  ]);
  const welcome = await ask('/guarded', await mintToken());
  expect([welcome.status, await welcome.text()]).toEqual([200, 'welcome']);
  expect((await ask('/guarded')).status).toBe(401);
});

it('N15 a client that waits as long as it was told may try again, and earlier attempts do not prolong the wait', async () => {
  const clock = new ManualClock();
  await start({}, { clock });
  const answerOf = async (): Promise<[number, string | null, string | null]> => {
    const { status, headers } = await ask('/guarded', 'wrong');
    return [status, headers.get('retry-after'), headers.get('www-authenticate')];
  };
  for (let i = 0; i < 3; i++) expect(await answerOf()).toEqual([401, null, 'Bearer error="invalid_token"']);
  expect(await answerOf()).toEqual([429, '10', null]);
  clock.advance(4000);
  expect(await answerOf()).toEqual([429, '6', null]);
  clock.advance(6000);
  expect((await answerOf())[0]).toBe(401);
});

it('L1 L2 the operator gets one event per failure, with the reason and without the token', async () => {
  await start();
  const events: unknown[] = [];
  running.app.get(SecurityEvents).events.subscribe((event) => events.push(event));
  await ask('/guarded?token=canary', 'canary');
  expect(events).toMatchObject([
    {
      type: 'authentication.refused',
      code: 'UNAUTHENTICATED',
      'client.address': '198.51.100.1',
      'url.path': '/guarded',
      reason: 'InvalidCredentialError: not a JWS',
      check: 'malformed',
      verifiers: [{ verifier: 'secret', check: 'malformed' }],
    },
  ]);
  expect(JSON.stringify(events)).not.toContain('canary');
});

it('N15 R11 a wrong credential is answered 503 while the counter fails', async () => {
  class Broken extends SlidingWindowStorage {
    override hit(): never {
      throw new Error('canary');
    }
  }
  await start({}, { overrides: [[WS_THROTTLER_STORAGE, new Broken(new ManualClock())]] });
  const answer = await ask('/guarded', 'wrong');
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await answer.text()).not.toContain('canary');
});

it.each(['express', 'fastify'] as const)(
  'H13 N15 with %s the client address is the one that trusted proxies give',
  async (platform) => {
    await start({}, { platform });
    const where = async (more: object, from?: string): Promise<unknown> =>
      (await ask('/where', undefined, from, more)).json();
    expect(await where({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'chat.test' })).toEqual({
      address: '198.51.100.1',
      isSecure: true,
      host: 'chat.test',
    });
    expect(await where({}, '2001:db8::7')).toMatchObject({ address: '2001:db8::/64', isSecure: false });
    for (let i = 0; i < 3; i++)
      expect(await (await ask('/counted')).json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await (await ask('/counted')).json()).toEqual({
      status: 429,
      code: 'RATE_LIMITED',
      headers: { 'Retry-After': '10' },
    });
    expect(await (await ask('/counted', undefined, '198.51.100.2')).json()).toMatchObject({ status: 401 });
  },
);
