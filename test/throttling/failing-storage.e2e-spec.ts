import { HttpException } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { SubscribeMessage, WsException } from '@nestjs/websockets';
import {
  SecureGateway,
  WS_THROTTLER_STORAGE,
  WsCost,
  WsSecurityException,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import { ForeignPromise } from '../support/foreign-promise.js';
import { Logged } from '../support/logged.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const served: string[] = [];

@SecureGateway({ path: '/ws' })
class Gateway {
  @SubscribeMessage('say')
  say(): boolean {
    served.push('say');
    return true;
  }

  @WsCost(3)
  @SubscribeMessage('costly')
  costly(): boolean {
    served.push('costly');
    return true;
  }
}

const FINE = { totalHits: 1, timeToExpire: 1, isBlocked: false, timeToBlockExpire: 0 };

/** What the storage does at the moment. */
let answer: () => unknown;

type Storage = Record<string, unknown>;
const now = (): unknown => answer();
const later = async (): Promise<unknown> => {
  await Promise.resolve();
  return answer();
};
const byLibrary = (): unknown => new ForeignPromise(later());

const STORAGES: Readonly<Record<string, Storage>> = {
  'that answers at once': { knowsCost: true, hit: now, increment: later },
  'that answers later': { knowsCost: true, hit: later, increment: later },
  'that answers by a promise of its own': { knowsCost: true, hit: byLibrary, increment: byLibrary },
  'without hit()': { knowsCost: true, increment: later },
  'that knows no costs': { increment: later },
};

/** With a step of its own. */
class SteppedThrottlerGuard extends WsThrottlerGuard {
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return super.getTracker(connection);
  }
}

/** Looks limits up somewhere. */
class LookedUpThrottlerGuard extends WsThrottlerGuard {
  static lookUp: (limit: number) => unknown;

  protected override limitOf(_connection: unknown, limit: number): number {
    return LookedUpThrottlerGuard.lookUp(limit) as number;
  }
}

const GUARDS = { 'the built-in guard': [], 'a guard with a step of its own': [SteppedThrottlerGuard] };

let clock: ManualClock;
let running: RunningApp;
let logged: Logged;

async function start(
  storage: Storage | undefined,
  guards: readonly (typeof WsThrottlerGuard)[] = [],
  options: object = {},
): Promise<void> {
  clock = new ManualClock();
  answer = () => FINE;
  running = await startApp({
    gateways: [Gateway],
    clock,
    options: { strikeLimit: 3, heartbeatIntervalMs: 3_600_000, ...options },
    module: { guards: [...guards] },
    ...(storage && { overrides: [[WS_THROTTLER_STORAGE, storage]] }),
  });
  logged = new Logged();
  served.length = 0;
}

afterEach(async () => {
  await running.close();
  logged.stop();
});

const connect = async (): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { token: await mintToken() });

const lost = (): never => {
  throw new Error('canary-store');
};

const FAILURES: Readonly<Record<string, () => unknown>> = {
  'an error': lost,
  nothing: () => undefined,
  null: () => null,
  'no answer': () => ({}),
  'a wait that is no number': () => ({ ...FINE, isBlocked: true, retryAfterMs: Number.NaN }),
};

const OVERLOADED = { status: 'error', code: 'OVERLOADED', message: 'The service is overloaded.' };

describe.each(Object.keys(STORAGES))('a storage %s', (kind) => {
  it.each(Object.keys(GUARDS))('R11 that fails is OVERLOADED and no strike, with %s', async (guard) => {
    await start(STORAGES[kind], GUARDS[guard as keyof typeof GUARDS]);
    const client = await connect();
    for (const failure of Object.values(FAILURES)) {
      answer = failure;
      for (const event of ['say', 'costly'])
        expect(await client.request(event)).toEqual({
          event: 'exception',
          data: { ...OVERLOADED, retryAfterMs: 1000 },
          id: expect.any(Number) as number,
        });
    }
    expect(served).toEqual([]);
    answer = () => FINE;
    expect(await client.request('costly')).toMatchObject({ data: true });
    // One for an error, one for what is no verdict.
    expect(logged.texts).toEqual(['The throttler storage failed', 'The throttler storage failed']);
    expect(logged.errors[0]?.stack).toContain('canary-store');
    clock.advance(10_000);
    expect(logged.texts.slice(2)).toEqual([
      'The throttler storage failed 1 more time within 10 s (Error)',
      'The throttler storage failed 7 more times within 10 s (TypeError)',
    ]);
  });

  it('R11 that refuses on purpose is understood', async () => {
    await start(STORAGES[kind]);
    const client = await connect();
    const meant: [Error, string][] = [
      [new WsSecurityException('VALIDATION_FAILED', 'No.'), 'VALIDATION_FAILED'],
      [new HttpException('Later', 503), 'OVERLOADED'],
      [new WsException({ code: 'NO_PLAN', message: 'No.' }), 'REJECTED'],
    ];
    for (const [error, code] of meant) {
      answer = () => {
        throw error;
      };
      expect(await client.request('say')).toMatchObject({ event: 'exception', data: { code } });
    }
    expect(logged.texts).toEqual([]);
    expect(served).toEqual([]);
  });

  it('R11 that fails is 503 in a handshake, and told', async () => {
    await start(STORAGES[kind]);
    answer = lost;
    for (let i = 0; i < 2; i++) {
      const { status, text } = await rawHandshake(running.port, requestText('/ws'));
      expect([status, text]).toEqual([503, expect.not.stringContaining('canary')]);
    }
    expect(logged.texts).toEqual(['The throttler storage failed']);
  });

  it('R11 that fails while a credential is renewed is OVERLOADED, and the connection stays', async () => {
    await start(STORAGES[kind]);
    const client = await connect();
    answer = lost;
    for (let i = 0; i < 4; i++)
      expect(await client.request('auth', { token: await mintToken() })).toMatchObject({
        event: 'exception',
        data: { code: 'OVERLOADED' },
        id: i + 1,
      });
    answer = () => FINE;
    expect(await client.request('auth', { token: await mintToken() })).toMatchObject({ event: 'auth' });
    expect(logged.texts).toEqual(['The throttler storage failed']);
  });
});

it('R11 who cannot log in because the storage fails is told to come back', async () => {
  await start(STORAGES['that answers later'], [], { authSources: ['message'] });
  const client = await TestClient.connect(`${running.url}/ws`);
  answer = lost;
  expect(await client.request('auth', { token: await mintToken() })).toMatchObject({
    data: { code: 'OVERLOADED' },
  });
  expect(await client.closed).toMatchObject({ code: 1013 });
});

it.each<[string, () => unknown]>([
  ['throws', lost],
  ['rejects', () => Promise.reject(new Error('canary-store'))],
  ['rejects by a promise of its own', () => new ForeignPromise(Promise.reject(new Error('canary-store')))],
])('R11 nothing passes where limitOf %s', async (_how, lookUp) => {
  LookedUpThrottlerGuard.lookUp = lookUp;
  await start(undefined, [LookedUpThrottlerGuard]);
  const client = await connect();
  for (let i = 0; i < 4; i++)
    expect(await client.request('say')).toMatchObject({ data: { code: 'INTERNAL_ERROR' }, id: i + 1 });
  expect(served).toEqual([]);
  expect(logged.errors.map(({ stack }) => stack)).toEqual([expect.stringContaining('canary-store')]);
});

it.each([Number.NaN, undefined, -1])('R11 nothing passes where limitOf answers %s', async (limit) => {
  const limits: number[] = [];
  /** Compares as Nest's own storage does: by what no comparison with NaN is. */
  const increment: ThrottlerStorage['increment'] = (_key, _ttl, max, _block, name) => {
    if (name === 'default') limits.push(max);
    return Promise.resolve({ ...FINE, isBlocked: 1 > max, timeToBlockExpire: 1 });
  };
  LookedUpThrottlerGuard.lookUp = () => Promise.resolve(limit);
  await start({ increment }, [LookedUpThrottlerGuard]);
  const client = await connect();
  expect(await client.request('say')).toMatchObject({ data: { code: 'RATE_LIMITED' } });
  expect([served, limits]).toEqual([[], [0]]);
});
