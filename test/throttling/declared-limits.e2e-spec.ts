import { SkipThrottle, Throttle } from '@nestjs/throttler';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  type Connection,
  type DeclaredLimit,
  SecureGateway,
  SlidingWindowStorage,
  type ThrottlerVerdict,
  WS_THROTTLER_STORAGE,
  WsCost,
  WsThrottlerGuard,
} from 'nestjs-ws-security';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/one' })
class OneGateway {
  @SubscribeMessage('plain')
  plain(): boolean {
    return true;
  }

  @WsCost(7)
  @Throttle({ default: { limit: 70, ttl: 2000, blockDuration: 500 } })
  @SubscribeMessage('own')
  own(): boolean {
    return true;
  }

  @WsCost(90)
  @SkipThrottle()
  @SubscribeMessage('uncounted')
  uncounted(): boolean {
    return true;
  }

  @Throttle({ default: { limit: () => 50, ttl: 2000 } })
  @SubscribeMessage('dynamic')
  dynamic(): boolean {
    return true;
  }

  @Throttle({ default: { limit: 50, ttl: 2000, getTracker: () => 'all' } })
  @SubscribeMessage('tracked')
  tracked(): boolean {
    return true;
  }

  @Throttle({ default: { limit: 50, ttl: 2000, generateKey: () => 'any' } })
  @SubscribeMessage('keyed')
  keyed(): boolean {
    return true;
  }
}

@WsCost(5)
@SecureGateway({ path: '/other' })
class OtherGateway {
  @SubscribeMessage('costly')
  costly(): boolean {
    return true;
  }
}

@Throttle({ default: { limit: 30, ttl: 3000 } })
@SecureGateway({ path: '/third' })
class ThirdGateway {
  @SubscribeMessage('one')
  one(): boolean {
    return true;
  }

  @WsCost(3)
  @SubscribeMessage('three')
  three(): boolean {
    return true;
  }
}

interface Told {
  readonly key: string;
  readonly limit: number;
  readonly name: string;
  readonly declared: DeclaredLimit | undefined;
}

let told: Told[];

class Witness extends SlidingWindowStorage {
  override hit(
    ...args: [...Parameters<SlidingWindowStorage['hit']>, declared?: DeclaredLimit]
  ): ThrottlerVerdict {
    const [key, , limit, , name, , declared] = args;
    told.push({ key, limit, name, declared });
    const [first, ttl, max, block, throttler, cost] = args;
    return super.hit(first, ttl, max, block, throttler, cost);
  }
}

class WithoutHit {
  readonly knowsCost = true;

  increment(
    ...[key, , limit, , name, , declared]: [...Parameters<SlidingWindowStorage['hit']>, DeclaredLimit]
  ): Promise<ThrottlerVerdict> {
    told.push({ key, limit, name, declared });
    return Promise.resolve({ totalHits: 1, timeToExpire: 1, isBlocked: false, timeToBlockExpire: 0 });
  }
}

class PlanThrottlerGuard extends WsThrottlerGuard {
  protected override limitOf(_connection: Connection, limit: number): number {
    return limit * 2;
  }
}

/** With a step of its own. */
class SteppedThrottlerGuard extends PlanThrottlerGuard {
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return super.getTracker(connection);
  }
}

/** With keys of its own. */
class KeyedThrottlerGuard extends WsThrottlerGuard {
  protected override generateKey(...args: Parameters<WsThrottlerGuard['generateKey']>): string {
    return `tenant|${super.generateKey(...args)}`;
  }
}

let running: RunningApp;

afterEach(() => running.close());

async function start(storage: object, guards: readonly (typeof WsThrottlerGuard)[] = []): Promise<void> {
  told = [];
  running = await startApp({
    gateways: [OneGateway, OtherGateway, ThirdGateway],
    options: {
      rateLimit: 100,
      rateTtlMs: 10_000,
      connectRateLimit: 20,
      connectRateTtlMs: 4000,
      authFailureLimit: 10,
      authFailureTtlMs: 6000,
    },
    module: { guards: [...guards] },
    overrides: [[WS_THROTTLER_STORAGE, storage]],
  });
}

/** What is declared when an event is sent. */
async function declaredFor(path: string, event: string): Promise<DeclaredLimit | undefined> {
  const client = await TestClient.connect(running.url + path, { token: await mintToken() });
  expect(await client.request(event)).toMatchObject({ data: true });
  await client.close();
  const last = told.at(-1);
  expect(last?.name).toBe('default');
  return last?.declared;
}

const witness = (): Witness => new Witness(new ManualClock());

describe.each<[string, () => object, (typeof WsThrottlerGuard)[]]>([
  ['by hit()', witness, []],
  ['by increment()', () => new WithoutHit(), []],
  ['whatever limit a plan has', witness, [PlanThrottlerGuard]],
  ['by a guard with a step of its own', witness, [SteppedThrottlerGuard]],
])('a storage is told %s', (_how, storage, guards) => {
  beforeEach(() => start(storage(), guards));

  it('R2 what is declared of each budget, with the highest cost of all its events', async () => {
    const shared = { limit: 100, ttl: 10_000, blockDuration: 0, maxCost: 5 };
    expect(await declaredFor('/one', 'plain')).toEqual(shared);
    expect(told.at(-1)?.limit).toBe(guards.length === 0 ? 100 : 200);
    expect(await declaredFor('/other', 'costly')).toEqual(shared);
    const own = { limit: 70, ttl: 2000, blockDuration: 500, maxCost: 7 };
    expect(await declaredFor('/one', 'own')).toEqual(own);
    expect(await declaredFor('/third', 'one')).toEqual({
      limit: 30,
      ttl: 3000,
      blockDuration: 0,
      maxCost: 3,
    });
  });

  it('R2 the same object with each hit of a budget', async () => {
    const first = await declaredFor('/one', 'plain');
    expect(await declaredFor('/one', 'plain')).toBe(first);
    expect(await declaredFor('/other', 'costly')).toBe(first);
    expect(await declaredFor('/third', 'one')).toBe(await declaredFor('/third', 'three'));
  });

  it('R2 nothing where a function says the limit, or chooses the key', async () => {
    expect(await declaredFor('/one', 'dynamic')).toBeUndefined();
    expect(await declaredFor('/one', 'keyed')).toBeUndefined();
    expect(await declaredFor('/one', 'tracked')).toEqual({
      limit: 50,
      ttl: 2000,
      blockDuration: 0,
      maxCost: 1,
    });
  });

  it('R2 what is declared of handshakes, logins and wrong credentials', async () => {
    const client = await TestClient.connect(`${running.url}/one`, { token: await mintToken() });
    await client.request('auth', { token: await mintToken() });
    await client.close();
    await rawHandshake(running.port, requestText('/one', { Authorization: 'Bearer wrong' }));
    const found = new Map(told.map(({ name, declared }) => [name, declared]));
    const rate = { limit: 20, ttl: 4000, blockDuration: 0, maxCost: 1 };
    expect(Object.fromEntries(found)).toEqual({
      connect: rate,
      auth: rate,
      'auth-failure': { limit: 10, ttl: 6000, blockDuration: 0, maxCost: 1 },
    });
  });
});

it('R2 a storage is told nothing where a guard has keys of its own', async () => {
  await start(witness(), [KeyedThrottlerGuard]);
  expect(await declaredFor('/one', 'plain')).toBeUndefined();
});
