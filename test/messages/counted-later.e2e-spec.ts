import { jest } from '@jest/globals';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  SecureGateway,
  WS_THROTTLER_STORAGE,
  WsRoles,
} from 'nestjs-ws-security';
import { WsGuardChain } from '../../src/gateway/guards/ws-guard-chain.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

let served = 0;

@SecureGateway({ path: '/ws' })
class Gateway {
  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(@CurrentConnection() _connection: Connection): number {
    return ++served;
  }

  @SubscribeMessage('broken')
  broken(@CurrentConnection() _connection: Connection): never {
    throw new Error('broken');
  }
}

const FINE = { totalHits: 1, timeToExpire: 1, isBlocked: false, timeToBlockExpire: 0 };
const OVER = { ...FINE, isBlocked: true, timeToBlockExpire: 3 };

type Verdict = typeof FINE;

/** Answers later while it is held. */
class HeldStorage {
  readonly knowsCost = true;
  isHeld = false;
  private readonly waiting: ((verdict: Verdict) => void)[] = [];

  hit(): Verdict | Promise<Verdict> {
    return this.isHeld ? new Promise((resolve) => this.waiting.push(resolve)) : FINE;
  }

  async increment(): Promise<Verdict> {
    return this.hit();
  }

  /** Resolves when a hit waits. */
  async asked(): Promise<void> {
    while (this.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  release(verdict = FINE): void {
    this.isHeld = false;
    for (const resolve of this.waiting.splice(0)) resolve(verdict);
  }
}

let running: RunningApp;
let storage: HeldStorage;

beforeAll(async () => {
  storage = new HeldStorage();
  running = await startApp({
    gateways: [Gateway],
    overrides: [[WS_THROTTLER_STORAGE, storage]],
  });
});

beforeEach(() => {
  served = 0;
});

afterAll(() => running.close());

/** A client whose message `event` waits for the storage. */
async function waiting(event: string, roles: string[]): Promise<TestClient> {
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken({ roles }) });
  storage.isHeld = true;
  client.send({ event, id: 1 });
  await storage.asked();
  storage.isHeld = false;
  return client;
}

describe('A message whose limit is counted elsewhere', () => {
  it('is served without Nest, as one that is decided at once', async () => {
    const askedByNest = jest.spyOn(WsGuardChain.prototype, 'canActivate');
    const client = await waiting('admin', ['admin']);
    expect(served).toBe(0);
    storage.release();
    expect(await client.next()).toMatchObject({ data: 1, id: 1 });
    expect(askedByNest).not.toHaveBeenCalled();
    askedByNest.mockRestore();
    await client.close();
  });

  it('R2 is refused when it is over the limit', async () => {
    const client = await waiting('admin', ['admin']);
    storage.release(OVER);
    expect(await client.next()).toMatchObject({ data: { code: 'RATE_LIMITED', retryAfterMs: 3000 }, id: 1 });
    expect(served).toBe(0);
    await client.close();
  });

  it('Z2 is refused when the principal lacks a role', async () => {
    const client = await waiting('admin', ['user']);
    storage.release();
    expect(await client.next()).toMatchObject({ data: { code: 'FORBIDDEN' }, id: 1 });
    expect(served).toBe(0);
    await client.close();
  });

  it('Z5 is refused when the role was lost meanwhile', async () => {
    const client = await waiting('admin', ['admin']);
    const token = await mintToken({ roles: ['user'] });
    expect(await client.request('auth', { token })).toMatchObject({ event: 'auth' });
    storage.release();
    expect(await client.next()).toMatchObject({ data: { code: 'FORBIDDEN' }, id: 1 });
    expect(served).toBe(0);
    await client.close();
  });

  it('S2 is not served when its connection closed meanwhile', async () => {
    const client = await waiting('admin', ['admin']);
    for (const connection of running.app.get(ConnectionRegistry)) connection.close(4403, 'kicked');
    expect((await client.closed).code).toBe(4403);
    storage.release();
    for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
    expect(served).toBe(0);
  });

  it('R1 is answered when its handler throws', async () => {
    const client = await waiting('broken', []);
    storage.release();
    expect(await client.next()).toMatchObject({ data: { code: 'INTERNAL_ERROR' }, id: 1 });
    await client.close();
  });
});
