import { SubscribeMessage } from '@nestjs/websockets';
import {
  type Broadcast,
  BroadcastBus,
  ConnectionRegistry,
  LocalBroadcastBus,
  OverloadedException,
  SecureGateway,
} from 'nestjs-ws-security';
import { connectResuming, cut } from '../support/resuming.js';
import { RoomGateway } from '../support/room.gateway.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class SendingGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('send')
  async send(): Promise<boolean> {
    await this.connections.broadcast('tick', 1);
    return true;
  }
}

/** A step of a bus, as a test has it fail or take its time. */
type Step = () => void | Promise<void>;

/** Publishes nothing, in a way that its test chooses. */
class ChosenBus extends BroadcastBus {
  constructor(private readonly steps: { publish?: Step; subscribe?: Step }) {
    super();
  }

  publish(): void | Promise<void> {
    return this.steps.publish?.();
  }

  subscribe(): void | Promise<void> {
    return this.steps.subscribe?.();
  }
}

const FAILURES: [how: string, step: Step][] = [
  [
    'throws',
    () => {
      throw new Error('canary');
    },
  ],
  ['rejects', () => Promise.reject(new Error('canary'))],
];

/** As an application may have written it before there were positions. */
class PlainBus extends BroadcastBus {
  private deliver: (broadcast: Broadcast) => void = () => undefined;

  async publish(broadcast: Broadcast): Promise<void> {
    await Promise.resolve();
    this.deliver(broadcast);
  }

  subscribe(deliver: (broadcast: Broadcast) => void): void {
    this.deliver = deliver;
  }
}

let running: RunningApp | undefined;

async function start(
  bus: BroadcastBus,
  gateway: typeof SendingGateway | typeof RoomGateway = SendingGateway,
): Promise<RunningApp> {
  running = await startApp({
    gateways: [gateway],
    options: { resume: true },
    module: { providers: [{ provide: BroadcastBus, useValue: bus }] },
  });
  return running;
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

const connect = async ({ url }: RunningApp): Promise<TestClient> =>
  TestClient.connect(`${url}/ws`, { token: await mintToken() });

it.each(FAILURES)(
  'an application whose bus %s when it is subscribed to does not start',
  async (_how, step) => {
    await expect(start(new ChosenBus({ subscribe: step }))).rejects.toThrow('canary');
  },
);

it('an application waits for its subscription before it listens', async () => {
  const steps: string[] = [];
  const subscribe = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    steps.push('subscribed');
  };
  await start(new ChosenBus({ subscribe }));
  steps.push('started');
  expect(steps).toEqual(['subscribed', 'started']);
});

it.each(FAILURES)('the sender hears of a bus that %s', async (_how, step) => {
  const { app } = await start(new ChosenBus({ publish: step }));
  const registry = app.get(ConnectionRegistry);
  await expect(registry.sendToRoom('a', 'tick', 1)).rejects.toThrow('canary');
  await expect(registry.sendToUser('alice', 'tick', 1)).rejects.toThrow('canary');
  await expect(registry.broadcast('tick', 1)).rejects.toThrow('canary');
});

it('a send is done when the bus has stored it', async () => {
  let store = (): void => undefined;
  const { app } = await start(new ChosenBus({ publish: () => new Promise((resolve) => (store = resolve)) }));
  let isDone = false;
  const sending = app
    .get(ConnectionRegistry)
    .broadcast('tick', 1)
    .then(() => (isDone = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
  store();
  await sending;
});

it('a bus that is full answers the message that sends as OVERLOADED', async () => {
  const publish = (): never => {
    throw new OverloadedException(2000);
  };
  const client = await connect(await start(new ChosenBus({ publish })));
  client.send({ event: 'send', id: 1 });
  expect(await client.next()).toMatchObject({
    event: 'exception',
    id: 1,
    data: { code: 'OVERLOADED', retryAfterMs: 2000 },
  });
  await client.close();
});

it('the text of a push is made once, and only where there is a receiver', async () => {
  const bus = new LocalBroadcastBus();
  let made = 0;
  const tick = (audience: Broadcast['audience']): Broadcast => ({
    audience,
    get event() {
      made++;
      return 'tick';
    },
    json: '1',
  });
  const app = await start(bus, RoomGateway);
  const clients = [await connect(app), await connect(app)];
  for (const client of clients) await client.request('join', { room: 'a' });
  bus.publish(tick({ to: 'room', room: 'b' }));
  bus.publish(tick({ to: 'user', id: 'nobody' }));
  expect(made).toBe(0);
  bus.publish(tick({ to: 'room', room: 'a' }));
  for (const client of clients) expect(await client.next()).toEqual({ event: 'tick', data: 1 });
  expect(made).toBe(1);
  await Promise.all(clients.map((client) => client.close()));
});

it('S5 sessions resume on their node with a bus that knows no positions', async () => {
  const { app, url } = await start(new PlainBus(), RoomGateway);
  const registry = app.get(ConnectionRegistry);
  const { client, resume } = await connectResuming(`${url}/ws`);
  await registry.broadcast('tick', 1);
  await cut(client, registry);
  await registry.broadcast('tick', 2);
  const back = await connectResuming(`${url}/ws`, { token: resume.token, lastSeq: 0 });
  expect(back.resume).toMatchObject({ recovered: true, seq: 2 });
  for (const seq of [1, 2]) expect(await back.client.next()).toEqual({ event: 'tick', data: seq, seq });
  await back.client.close();
});
