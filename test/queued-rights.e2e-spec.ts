import { Catch, Injectable, UseFilters } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { SecureGateway, WsExceptionFilter, WsRoles } from 'nestjs-ws-security';
import { startApp, type RunningApp } from './support/start-app.js';
import { TestClient } from './support/test-client.js';
import { mintToken } from './support/tokens.js';

@Catch()
@Injectable()
class OwnFilter extends WsExceptionFilter {}

@SecureGateway({ path: '/ws' })
class QueueGateway {
  /** Opens what `slow` waits for, whether it has begun or not. */
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

let running: RunningApp;

beforeEach(async () => {
  QueueGateway.served = 0;
  QueueGateway.released = new Promise((resolve) => (QueueGateway.release = resolve));
  running = await startApp({ gateways: [QueueGateway], options: { maxInFlight: 1 } });
});

afterEach(() => running.close());

const connect = async (roles: string[]): Promise<TestClient> =>
  TestClient.connect(`${running.url}/ws`, { token: await mintToken({ roles }) });

it('Z5 a message that waits its turn is held to the rights of then', async () => {
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

it('Z2 a handler with a filter of its own is guarded all the same', async () => {
  const [user, admin] = [await connect(['user']), await connect(['admin'])];
  expect(await user.request('filtered')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  expect(await admin.request('filtered')).toMatchObject({ data: 1 });
  await Promise.all([user.close(), admin.close()]);
});
