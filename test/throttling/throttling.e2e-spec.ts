import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { SkipThrottle, Throttle, type ThrottlerStorage } from '@nestjs/throttler';
import {
  type Connection,
  SecureGateway,
  SlidingWindowStorage,
  type ThrottlerVerdict,
  WS_THROTTLER_STORAGE,
  WsCost,
  WsPublic,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import { certificate } from '../support/certificate.js';
import { EchoDto, EchoGateway } from '../support/echo.gateway.js';
import { ForeignPromise } from '../support/foreign-promise.js';
import { ManualClock } from '../support/manual-clock.js';
import { startApp, type AppOptions, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/limits', public: true })
class LimitedGateway {
  @WsPublic()
  @SubscribeMessage('plain')
  plain(@MessageBody() { text }: EchoDto): string {
    return text;
  }

  @WsPublic()
  @SubscribeMessage('other')
  other(): boolean {
    return true;
  }

  @WsPublic()
  @Throttle({ default: { limit: 2, ttl: 1000 } })
  @SubscribeMessage('own')
  own(): boolean {
    return true;
  }

  @WsPublic()
  @Throttle({ default: { limit: 1, ttl: 1000, blockDuration: 5000 } })
  @SubscribeMessage('blocked')
  blocked(): boolean {
    return true;
  }

  @WsPublic()
  @WsCost(3)
  @SubscribeMessage('costly')
  costly(): boolean {
    return true;
  }

  @WsPublic()
  @SkipThrottle()
  @Throttle({ long: { limit: 1, ttl: 60_000 } })
  @SubscribeMessage('long')
  long(): boolean {
    return true;
  }

  @WsPublic()
  @SkipThrottle({ default: true, long: true })
  @SubscribeMessage('free')
  free(): boolean {
    return true;
  }
}

const MODULE: AppOptions['module'] = { throttlers: [{ name: 'long', limit: 9, ttl: 60_000 }] };

/** Longer than any window and any block. */
const LATER_MS = 180_000;

let clock: ManualClock;
let running: RunningApp;

/** As the built-in one, but with a step of its own, so that every message is worked out anew. */
class SteppedThrottlerGuard extends WsThrottlerGuard {
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return super.getTracker(connection);
  }
}

/** Looks limits up somewhere. */
class LookedUpThrottlerGuard extends WsThrottlerGuard {
  protected override limitOf(_connection: unknown, limit: number): Promise<number> {
    return new ForeignPromise(Promise.resolve(limit)) as unknown as Promise<number>;
  }
}

/** Counts as the module's storage does, and knows nothing of costs. */
class PlainStorage implements ThrottlerStorage {
  private readonly storage = new SlidingWindowStorage(clock);

  increment(...args: Parameters<ThrottlerStorage['increment']>): ReturnType<ThrottlerStorage['increment']> {
    return this.storage.increment(...args);
  }
}

/** Knows costs, and all its answers come later. */
class LateStorage {
  readonly knowsCost = true;
  private readonly storage = new SlidingWindowStorage(clock);

  increment(): never {
    throw new Error('hit() is there');
  }

  hit(...args: Parameters<SlidingWindowStorage['hit']>): PromiseLike<ThrottlerVerdict> {
    return new ForeignPromise(Promise.resolve().then(() => this.storage.hit(...args)));
  }
}

describe.each<[string, () => Pick<AppOptions, 'module' | 'overrides'>]>([
  ['with rules that are read once', () => ({})],
  ['with a step of its own', () => ({ module: { ...MODULE, guards: [SteppedThrottlerGuard] } })],
  ['with limits that are looked up', () => ({ module: { ...MODULE, guards: [LookedUpThrottlerGuard] } })],
  ['with a storage that answers later', () => ({ overrides: [[WS_THROTTLER_STORAGE, new PlainStorage()]] })],
  [
    'with a storage whose hits answer later',
    () => ({ overrides: [[WS_THROTTLER_STORAGE, new LateStorage()]] }),
  ],
])('the throttler %s', (_how, configured) => {
  const clients: TestClient[] = [];

  beforeAll(async () => {
    clock = new ManualClock();
    running = await startApp({
      gateways: [EchoGateway, LimitedGateway],
      clock,
      options: {
        rateLimit: 5,
        rateTtlMs: 10_000,
        heartbeatIntervalMs: 3_600_000,
        strikeLimit: 1000,
        frameBurst: 1000,
      },
      tls: await certificate(),
      module: MODULE,
      ...configured(),
    });
  });

  afterAll(() => running.close());

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    // No limit counts what an earlier test did.
    clock.advance(LATER_MS);
  });

  const connect = async (path: string, sub?: string): Promise<TestClient> => {
    const credentials = sub === undefined ? {} : { token: await mintToken({ sub }) };
    const client = await TestClient.connect(running.url + path, credentials);
    clients.push(client);
    return client;
  };

  async function outcomes(client: TestClient, event: string, times: number): Promise<unknown[]> {
    const results: unknown[] = [];
    for (let i = 0; i < times; i++) {
      const { event: name, data } = await client.request(event, { text: 'hi' });
      results.push(name === 'exception' ? data?.['code'] : 'served');
    }
    return results;
  }

  it('R2 five pass over wss, the sixth waits until the oldest has left the window, and not a moment longer', async () => {
    const client = await connect('/ws', 'alice');
    for (let i = 0; i < 5; i++) {
      expect(await client.request('echo', { text: `${i}` })).toMatchObject({ event: 'echo' });
      clock.advance(100);
    }
    expect(await client.request('echo', { text: 'sixth' })).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        code: 'RATE_LIMITED',
        message: 'Rate limit exceeded. Please wait.',
        retryAfterMs: 9500,
      },
      id: 6,
    });
    clock.advance(9499);
    expect(await client.request('echo', { text: 'too early' })).toMatchObject({ data: { retryAfterMs: 1 } });
    clock.advance(1);
    expect(await client.request('echo', { text: 'now' })).toMatchObject({ event: 'echo' });
    // The second hit was 100 ms after the first.
    expect(await client.request('echo', { text: 'again' })).toMatchObject({ data: { retryAfterMs: 100 } });
  });

  it('R2 one budget over all events and sockets of a user, and another for each other user', async () => {
    const [first, second] = [await connect('/limits', 'alice'), await connect('/ws', 'alice')];
    expect(await outcomes(first, 'plain', 2)).toEqual(['served', 'served']);
    expect(await outcomes(first, 'other', 1)).toEqual(['served']);
    expect(await outcomes(second, 'echo', 3)).toEqual(['served', 'served', 'RATE_LIMITED']);
    expect(await outcomes(await connect('/ws', 'bob'), 'echo', 5)).not.toContain('RATE_LIMITED');
  });

  it('R2 anonymous clients of one address share a budget', async () => {
    expect(await outcomes(await connect('/limits'), 'plain', 5)).not.toContain('RATE_LIMITED');
    expect(await outcomes(await connect('/limits'), 'plain', 1)).toEqual(['RATE_LIMITED']);
    expect(await outcomes(await connect('/limits', 'alice'), 'plain', 1)).toEqual(['served']);
  });

  it('@Throttle gives an event a budget of its own, @SkipThrottle none', async () => {
    const client = await connect('/limits', 'alice');
    expect(await outcomes(client, 'own', 3)).toEqual(['served', 'served', 'RATE_LIMITED']);
    expect(await outcomes(client, 'plain', 6)).toEqual([
      ...Array.from({ length: 5 }, () => 'served'),
      'RATE_LIMITED',
    ]);
    expect(await outcomes(client, 'free', 20)).not.toContain('RATE_LIMITED');
    clock.advance(1000);
    expect(await outcomes(client, 'own', 1)).toEqual(['served']);
  });

  it('a block lasts as long as it says', async () => {
    const client = await connect('/limits', 'alice');
    expect(await outcomes(client, 'blocked', 2)).toEqual(['served', 'RATE_LIMITED']);
    clock.advance(4999);
    expect(await outcomes(client, 'blocked', 1)).toEqual(['RATE_LIMITED']);
    clock.advance(1);
    expect(await outcomes(client, 'blocked', 1)).toEqual(['served']);
  });

  it('invalid messages count', async () => {
    const client = await connect('/ws', 'alice');
    for (let i = 0; i < 5; i++) await client.request('echo', { wrong: true });
    expect(await outcomes(client, 'echo', 1)).toEqual(['RATE_LIMITED']);
  });

  it('R2 a named throttler is a budget beside the default one', async () => {
    const client = await connect('/limits', 'alice');
    expect(await outcomes(client, 'plain', 3)).toEqual(['served', 'served', 'served']);
    clock.advance(10_000);
    expect(await outcomes(client, 'plain', 5)).toEqual(Array.from({ length: 5 }, () => 'served'));
    clock.advance(10_000);
    // The long one has counted 8 of 9.
    expect(await outcomes(client, 'plain', 2)).toEqual(['served', 'RATE_LIMITED']);
    expect(await outcomes(client, 'long', 2)).toEqual(['served', 'RATE_LIMITED']);
  });

  it('R2 an event may cost more than one message', async () => {
    const client = await connect('/limits', 'alice');
    expect(await outcomes(client, 'costly', 1)).toEqual(['served']);
    expect(await outcomes(client, 'plain', 1)).toEqual(['served']);
    expect(await outcomes(client, 'costly', 1)).toEqual(['RATE_LIMITED']);
  });
});

/** Limits by plan. */
class PlanThrottlerGuard extends WsThrottlerGuard {
  protected override limitOf({ principal }: Connection, limit: number): number {
    const plan = principal.claims['plan'];
    return plan === 'free' ? 2 : plan === 'unlimited' ? Infinity : limit;
  }
}

it('R2 a principal has one budget, also where its limit depends on a plan that changes', async () => {
  clock = new ManualClock();
  running = await startApp({
    gateways: [LimitedGateway],
    clock,
    options: { rateLimit: 5, rateTtlMs: 10_000, heartbeatIntervalMs: 3_600_000 },
    module: { ...MODULE, guards: [PlanThrottlerGuard] },
  });
  const tokenOf = (plan: string): Promise<string> => mintToken({ sub: 'alice', plan });
  const connectAs = async (plan: string): Promise<TestClient> =>
    TestClient.connect(`${running.url}/limits`, { token: await tokenOf(plan) });
  const say = async (client: TestClient): Promise<string> => {
    const { event, data } = await client.request('plain', { text: 'x' });
    return event === 'exception' ? String(data?.['code']) : 'served';
  };

  const [free, paid] = [await connectAs('free'), await connectAs('paid')];
  expect([await say(free), await say(paid)]).toEqual(['served', 'served']);
  // The third message of hers: over the one limit, within the other.
  expect([await say(free), await say(paid)]).toEqual(['RATE_LIMITED', 'served']);

  // A change of plan begins no new budget, neither up nor down.
  expect(await free.request('auth', { token: await tokenOf('paid') })).toMatchObject({ event: 'auth' });
  expect([await say(free), await say(free), await say(free)]).toEqual(['served', 'served', 'RATE_LIMITED']);
  expect(await paid.request('auth', { token: await tokenOf('unlimited') })).toMatchObject({ event: 'auth' });
  expect([await say(paid), await say(paid)]).toEqual(['served', 'served']);
  expect(await paid.request('auth', { token: await tokenOf('free') })).toMatchObject({ event: 'auth' });
  expect([await say(paid), await say(free)]).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);

  clock.advance(60_000);
  expect([await say(paid), await say(free), await say(paid)]).toEqual(['served', 'served', 'RATE_LIMITED']);
  await running.close();
});

it('a cost is a whole number', () => {
  for (const cost of [0, -1, 1.5, Number.NaN]) expect(() => WsCost(cost)).toThrow(TypeError);
});

function gatewayNamedChat(path: string): new () => object {
  @SecureGateway({ path })
  class Chat {
    @Throttle({ default: { limit: 2, ttl: 1000 } })
    @SubscribeMessage('say')
    say(): boolean {
      return true;
    }
  }
  return Chat;
}

it('R2 gateways of one class name have the same budgets on every node, whichever is used first', async () => {
  const gateways = ['/one', '/other'].map(gatewayNamedChat);
  clock = new ManualClock();
  const keysOf = async (...paths: string[]): Promise<string[]> => {
    const keys: string[] = [];
    class Witness extends PlainStorage {
      override increment(
        ...args: Parameters<ThrottlerStorage['increment']>
      ): ReturnType<PlainStorage['increment']> {
        if (args[0].startsWith('Chat')) keys.push(args[0]);
        return super.increment(...args);
      }
    }
    running = await startApp({ gateways, clock, overrides: [[WS_THROTTLER_STORAGE, new Witness()]] });
    for (const path of paths) {
      const client = await TestClient.connect(running.url + path, { token: await mintToken() });
      expect(await client.request('say')).toMatchObject({ data: true });
      await client.close();
    }
    await running.close();
    return keys;
  };
  const keys = await keysOf('/one', '/other');
  expect(new Set(keys).size).toBe(2);
  expect(await keysOf('/other', '/one')).toEqual(keys.toReversed());
  gateways.reverse();
  expect(await keysOf('/one', '/other')).toEqual(keys);
});
