import { type CanActivate, Catch, Injectable, UseFilters } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { ConnectionRegistry, SecureGateway, WsExceptionFilter, WsRoles } from 'nestjs-ws-security';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@Catch()
@Injectable()
class OwnFilter extends WsExceptionFilter {}

@SecureGateway({ path: '/ws' })
class QueueGateway {
  /** Lets `slow` finish, whether it has started or not. */
  static release: () => void = () => undefined;
  static released: Promise<void>;
  static served = 0;

  @SubscribeMessage('slow')
  async slow(): Promise<boolean> {
    await QueueGateway.released;
    return true;
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): number {
    return ++QueueGateway.served;
  }

  @WsRoles('admin')
  @UseFilters(OwnFilter)
  @SubscribeMessage('filtered')
  filtered(): number {
    return ++QueueGateway.served;
  }
}

/** Allows the message after a delay. */
@Injectable()
class SlowGuard implements CanActivate {
  static asked = 0;

  async canActivate(): Promise<boolean> {
    SlowGuard.asked++;
    await QueueGateway.released;
    return true;
  }
}

@SecureGateway({ path: '/slow', guards: [SlowGuard] })
class SlowlyGuarded {
  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): number {
    return ++QueueGateway.served;
  }
}

const asked = async (): Promise<void> => {
  while (SlowGuard.asked === 0) await new Promise((resolve) => setImmediate(resolve));
};

let running: RunningApp;

beforeEach(async () => {
  QueueGateway.served = 0;
  SlowGuard.asked = 0;
  QueueGateway.released = new Promise((resolve) => (QueueGateway.release = resolve));
  running = await startApp({ gateways: [QueueGateway, SlowlyGuarded], options: { maxInFlight: 1 } });
});

afterEach(() => running.close());

const connect = async (roles: string[], path = '/ws'): Promise<TestClient> =>
  TestClient.connect(running.url + path, { token: await mintToken({ roles }) });

it('Z5 a queued message is checked against the rights at the time it runs', async () => {
  const client = await connect(['admin']);
  client.send({ event: 'slow', id: 1 });
  client.send({ event: 'admin', id: 2 });
  expect(await client.request('auth', { token: await mintToken({ roles: ['user'] }) })).toMatchObject({
    event: 'auth',
  });
  QueueGateway.release();
  expect(await client.next()).toMatchObject({ event: 'slow', id: 1 });
  expect(await client.next()).toMatchObject({ data: { code: 'FORBIDDEN' }, id: 2 });
  expect(QueueGateway.served).toBe(0);
  await client.close();
});

it('Z5 rights that are lost while a guard decides are refused', async () => {
  const client = await connect(['admin'], '/slow');
  client.send({ event: 'admin', id: 1 });
  await asked();
  const token = await mintToken({ roles: ['user'] });
  expect(await client.request('auth', { token })).toMatchObject({ event: 'auth' });
  QueueGateway.release();
  expect(await client.next()).toMatchObject({ data: { code: 'FORBIDDEN' }, id: 1 });
  expect([QueueGateway.served, SlowGuard.asked]).toEqual([0, 1]);
  await client.close();
});

it('Z5 rights that are renewed while a guard decides are checked again', async () => {
  const client = await connect(['admin'], '/slow');
  client.send({ event: 'admin', id: 1 });
  await asked();
  const token = await mintToken({ roles: ['admin', 'user'] });
  expect(await client.request('auth', { token })).toMatchObject({ event: 'auth' });
  QueueGateway.release();
  expect(await client.next()).toMatchObject({ data: 1, id: 1 });
  expect(SlowGuard.asked).toBe(2);
  await client.close();
});

it('S2 a message is not served when its connection closed while a guard decided', async () => {
  const client = await connect(['admin'], '/slow');
  client.send({ event: 'admin', id: 1 });
  await asked();
  for (const connection of running.app.get(ConnectionRegistry)) connection.close(4403, 'kicked');
  expect((await client.closed).code).toBe(4403);
  QueueGateway.release();
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
  expect(QueueGateway.served).toBe(0);
});

it('Z2 a handler with its own filter is still guarded', async () => {
  const [user, admin] = [await connect(['user']), await connect(['admin'])];
  expect(await user.request('filtered')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await admin.request('filtered')).toMatchObject({ data: 1 });
  await Promise.all([user.close(), admin.close()]);
});
