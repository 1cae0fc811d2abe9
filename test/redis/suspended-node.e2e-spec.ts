import { Peer } from '../support/faults/peer.js';
import { ServiceNode } from '../support/faults/service-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { post } from '../support/sign-in.js';
import type { Frame } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const SUSPENDED_MS = 15_000;
const LIMIT = 100;
const CAP = 2;
/** Much longer than the node is suspended, so that everything falls into one window, also on a busy machine. */
const WINDOW_MS = 120_000;
const PUSHES = 50;
const ENVIRONMENT = {
  PLAIN_HTTP: '1',
  WS_JWT_SECRET: SECRET,
  // A busy machine is not an outage, and what Redis does not decide is not accepted.
  WS_REDIS_TIMEOUT_MS: '2000',
  WS_REDIS_OUTAGE: 'deny',
  WS_RATE_LIMIT: String(LIMIT),
  WS_RATE_TTL_MS: String(WINDOW_MS),
  WS_MAX_CONNECTIONS_PER_USER: String(CAP),
  WS_CONNECT_RATE_LIMIT: '10000',
  WS_FRAME_RATE: '1000',
  WS_FRAME_BURST: '1000',
  WS_STRIKE_LIMIT: '10000',
  WS_RESUME: 'true',
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A client, with the pushes that it got and its session. */
class Client {
  readonly pushes: string[] = [];
  resume: { token: string; recovered: boolean } | undefined;
  peer!: Peer;

  static async connect({ url }: ServiceNode, sub: string, session?: string): Promise<Client> {
    const client = new Client();
    const protocols = ['ws-security.v1', ...(session === undefined ? [] : [`resume.${session}`])];
    const onFrame = (frame: Frame): void => client.heard(frame);
    const token = await mintToken({ sub, roles: [sub === 'root' ? 'admin' : 'user'] });
    const peer = await Peer.connect(`${url?.replace('http', 'ws')}/ws`, { token, protocols, onFrame });
    if (!(peer instanceof Peer)) throw new Error(`refused with ${peer}`);
    client.peer = peer;
    await client.until(() => client.resume !== undefined);
    return client;
  }

  /** How many of so many messages are accepted. */
  async accepted(count: number): Promise<number> {
    const answers = Array.from({ length: count }, () => this.peer.request('echo', { text: 'x' }));
    return (await Promise.all(answers)).filter((frame) => frame?.event === 'echo').length;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await pause(5);
  }

  private heard({ event, data }: Frame): void {
    if (data?.['resume']) this.resume = data['resume'] as Client['resume'];
    else if (event === 'chat.message') this.pushes.push(String(data?.['text']));
  }
}

describeWithRedis('a node that was suspended for 15 seconds, and the others', () => {
  let redis: RedisServer;
  let asleep: ServiceNode;
  let awake: ServiceNode;
  let revoked: Client;
  let kicked: Client;
  let reader: Client;
  let listener: Client;
  let mover: Client;
  const places: Client[] = [];
  const accepted: Promise<number>[] = [];
  let movedAt = 0;
  let moved: Client;
  let wokenAt = 0;
  let revocation = 0;
  let kick: Frame | undefined;

  const count = async (client: Client, messages: number): Promise<void> => {
    const answer = client.accepted(messages);
    accepted.push(answer);
    await Promise.race([answer, pause(1000)]);
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    const start = (index: number): Promise<ServiceNode> => ServiceNode.start(index, redis.port, ENVIRONMENT);
    [asleep, awake] = await Promise.all([start(0), start(1)]);
    const there = ['revoked', 'kicked', 'reader', 'mover', 'flood', 'places'].map((sub) =>
      Client.connect(asleep, sub),
    );
    [revoked, kicked, reader, mover] = (await Promise.all(there)) as [Client, Client, Client, Client];
    const flood = (await there[4]) as Client;
    places.push((await there[5]) as Client);
    const here = ['listener', 'root', 'flood', 'places', 'sender'].map((sub) => Client.connect(awake, sub));
    const [ears, root, otherFlood, place, sender] = (await Promise.all(here)) as [
      Client,
      Client,
      Client,
      Client,
      Client,
    ];
    listener = ears;
    places.push(place);
    for (const { peer } of [reader, listener, mover]) await peer.request('chat.join', { room: 'lobby' });
    await count(flood, 1);

    asleep.suspend();
    const suspendedAt = performance.now();
    // Waits at the node that sleeps.
    await count(flood, 50);
    await count(otherFlood, 80);
    const token = await mintToken({ sub: 'root', roles: ['admin'] });
    revocation = (await post(`${awake.url}/auth/revoke`, { userId: 'revoked' }, token)).status;
    kick = await root.peer.request('admin.kick', { userId: 'kicked' });
    for (let n = 0; n < PUSHES; n++)
      await sender.peer.request('chat.send', { room: 'lobby', text: String(n) });
    mover.peer.cut();
    const askedAt = performance.now();
    moved = await Client.connect(awake, 'mover', `${mover.resume?.token}.0`);
    movedAt = performance.now() - askedAt;
    // Its places are given away once it counts as dead.
    while (places.length === CAP)
      await Client.connect(awake, 'places').then(
        (client) => places.push(client),
        () => pause(200),
      );
    await pause(SUSPENDED_MS - (performance.now() - suspendedAt));
    asleep.wake();
    wokenAt = performance.now();
    await count(flood, 50);
    await count(otherFlood, 50);
  }, 90_000);

  afterAll(async () => {
    asleep.wake();
    await Promise.all([asleep.kill(), awake.kill()]);
    await Promise.all([asleep.relay.stop(), awake.relay.stop()]);
    await redis.stop();
  });

  const told = ({ told: all }: ServiceNode, type: string): boolean =>
    all.some((event) => event.type === type);

  it('S2 Z5 close who was revoked or kicked meanwhile, within two seconds', async () => {
    // The node that sleeps does not answer, so it is not counted.
    expect([revocation, kick?.data]).toEqual([200, { kicked: 0 }]);
    expect([await revoked.peer.closed, await kicked.peer.closed]).toEqual([4403, 4403]);
    expect(Math.max(revoked.peer.openUntil, kicked.peer.openUntil) - wokenAt).toBeLessThan(2000);
    const later = await Client.connect(asleep, 'kicked');
    await expect(Client.connect(asleep, 'revoked')).rejects.toThrow('refused with 401');
    // Everything that was written until now has been read.
    await reader.until(() => reader.pushes.length === PUSHES);
    expect(later.peer.isOpen).toBe(true);
  });

  it('R2 accept no more than the limit', async () => {
    const counts = await Promise.all(accepted);
    const sum = counts.reduce((all, one) => all + one, 0);
    expect(sum).toBeLessThanOrEqual(LIMIT);
    expect(sum).toBeGreaterThanOrEqual(LIMIT / 2);
  });

  it('R4 throw nobody out, and let nobody in above the cap', async () => {
    await places[0]?.until(() => told(asleep, 'cluster.returned') && told(asleep, 'cluster.over-cap'));
    expect(places.map(({ peer }) => peer.isOpen)).toEqual([true, true, true]);
    for (const node of [asleep, awake])
      await expect(Client.connect(node, 'places')).rejects.toThrow('refused with 429');
  });

  it('lose no push, and keep their order', async () => {
    await reader.until(() => reader.pushes.length === PUSHES);
    expect(reader.pushes).toEqual(Array.from({ length: PUSHES }, (_, n) => String(n)));
    expect(listener.pushes).toEqual(reader.pushes);
    expect([told(asleep, 'cluster.gap'), told(awake, 'cluster.gap')]).toEqual([false, false]);
  });

  it('S5 S6 tell who cannot resume, and move whom they can', async () => {
    expect([moved.resume?.recovered, movedAt < 5000]).toEqual([false, true]);
    await reader.until(() => reader.pushes.length === PUSHES);
    // The others hear with their next beat that it is back.
    await pause(Math.max(0, wokenAt + 2500 - performance.now()));
    reader.peer.cut();
    const back = await Client.connect(awake, 'reader', `${reader.resume?.token}.${PUSHES - 10}`);
    expect(back.resume?.recovered).toBe(true);
    await back.until(() => back.pushes.length === 10);
    expect(back.pushes).toEqual(reader.pushes.slice(-10));
  });
});
