import { JwtModule } from '@nestjs/jwt';
import { ThrottlerModule } from '@nestjs/throttler';
import { startTestApp } from 'nestjs-ws-security/testing';
import { Shop } from '../../docs/examples/migration/orders.js';
import { RecipeOrdersGateway } from '../../docs/examples/migration/recipe-orders.gateway.js';
import { SecuredOrdersGateway } from '../../docs/examples/migration/secured-orders.gateway.js';
import { startPlainApp } from '../support/plain-app.js';
import { type Frame, TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

interface Running {
  app: { get(type: typeof Shop): Shop };
  url: string;
  close(): Promise<void>;
}

const imports = [
  JwtModule.register({ secret: SECRET }),
  ThrottlerModule.forRoot([{ limit: 100, ttl: 60_000 }]),
];

const before = (): Promise<Running> => startPlainApp({ imports, providers: [RecipeOrdersGateway, Shop] });

const between = (): Promise<Running> =>
  startTestApp({
    imports,
    gateways: [RecipeOrdersGateway],
    providers: [Shop],
    forRoot: { unsecured: [RecipeOrdersGateway] },
    logger: false,
  });

const after = (): Promise<Running> =>
  startTestApp({
    gateways: [SecuredOrdersGateway],
    providers: [Shop],
    options: { jwtSecret: SECRET },
    logger: false,
  });

const STAGES = [
  ['before the move', before],
  ['while it is unsecured', between],
  ['after the move', after],
] as const;

describe.each(STAGES)("from Nest's recipe, %s:", (_name, start) => {
  let running: Running;

  beforeEach(async () => (running = await start()));
  afterEach(() => running.close());

  const connect = async (roles: string[]): Promise<TestClient> =>
    TestClient.connect(`${running.url}/orders`, { token: await mintToken({ sub: 'ann', roles }) });

  const ask = (client: TestClient, event: string, data: unknown): Promise<Frame> => {
    client.send({ event, data });
    return client.next();
  };

  it('an order is placed, a wrong one is refused, and a third one is throttled', async () => {
    const client = await connect([]);
    const order = { item: 'tea', count: 2 };
    expect(await ask(client, 'order.place', order)).toEqual({ event: 'order.placed', data: order });
    expect((await ask(client, 'order.place', { item: 'tea', count: 11 })).event).toBe('exception');
    expect((await ask(client, 'order.place', order)).event).toBe('exception');
    await client.close();
  });

  it('a role is required where it was', async () => {
    const manager = await connect(['manager']);
    expect(await ask(manager, 'order.cancel', {})).toEqual({ event: 'order.cancelled', data: null });
    await manager.close();
    const guest = await connect(['guest']);
    expect((await ask(guest, 'order.cancel', {})).event).toBe('exception');
    await guest.close();
  });

  it('the rule of the application applies', async () => {
    running.app.get(Shop).isOpen = false;
    const client = await connect([]);
    expect((await ask(client, 'order.place', { item: 'tea', count: 1 })).event).toBe('exception');
    await client.close();
  });
});

it("from Nest's recipe: an unknown property is dropped before the move, and refused after it", async () => {
  const outcomes: unknown[] = [];
  for (const [, start] of STAGES) {
    const running = await start();
    const client = await TestClient.connect(`${running.url}/orders`, { token: await mintToken() });
    client.send({ event: 'order.place', data: { item: 'tea', count: 1, price: 0 } });
    outcomes.push((await client.next()).event);
    await client.close();
    await running.close();
  }
  expect(outcomes).toEqual(['order.placed', 'order.placed', 'exception']);
});
