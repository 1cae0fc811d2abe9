import { answersTo, BusyNodes, Member, numbers, pause, registryOf } from '../support/busy-nodes.js';
import { eventually } from '../support/eventually.js';
import { expectKeysToEnd } from '../support/keys-that-end.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { cut } from '../support/resuming.js';
import { TcpRelay } from '../support/tcp-relay.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const LIMIT = 100;
const CAP = 20;
/** One way, so that the line can be cut while calls are on their way, and their answers. */
const DELAY_MS = 10;

describeWithRedis('two nodes, one of which loses its line to Redis at the worst moment', () => {
  let redis: RedisServer;
  let relay: TcpRelay;
  let nodes: BusyNodes;

  beforeAll(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
    const options = { rateLimit: LIMIT, maxConnectionsPerUser: CAP, redisOutage: 'deny' } as const;
    nodes = await BusyNodes.start(redis, options, [`redis://127.0.0.1:${relay.port}`]);
  });

  afterEach(async () => {
    relay.delayMs = 0;
    await expectKeysToEnd(redis);
  });

  afterAll(async () => {
    await nodes.close();
    await relay.stop();
    await redis.stop();
  });

  /** Begins something at the first node, and cuts its line so many milliseconds later. */
  async function cutDuring<T>(ms: number, work: () => Promise<T>): Promise<T> {
    nodes.one.forget();
    relay.delayMs = DELAY_MS;
    const begun = work();
    await pause(ms);
    relay.cut();
    relay.delayMs = 0;
    const outcome = await begun;
    await nodes.one.heard('cluster.up');
    return outcome;
  }

  it('R2 accept no more than the limit, and use most of it', async () => {
    const [one, other] = [await nodes.one.connect('alice'), await nodes.other.connect('alice')];
    let accepted = 0;
    const flood = async (client: TestClient, count: number): Promise<void> => {
      accepted += (await answersTo(client, count)).filter((answer) => answer === 'echo').length;
    };
    for (const ms of [5, 15, 25]) await Promise.all([cutDuring(ms, () => flood(one, 15)), flood(other, 5)]);
    for (let n = 0; n < 10; n++) await Promise.all([flood(one, 10), flood(other, 10)]);
    expect(accepted).toBeLessThanOrEqual(LIMIT);
    // With each answer that is lost, what it lent is lost for this window.
    expect(accepted).toBeGreaterThanOrEqual(LIMIT / 4);
  });

  it.each([5, 15, 25])('R4 let in no more than the cap, and lose no place (%d ms)', async (ms) => {
    const sub = `bob-${ms}`;
    const token = await mintToken({ sub });
    const knock = async (): Promise<TestClient[]> => {
      const attempts = numbers(2 * CAP).map((n) =>
        TestClient.connect(`${(n % 2 ? nodes.one : nodes.other).url}/ws`, { token }),
      );
      const outcomes = await Promise.allSettled(attempts);
      return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    };
    const first = await cutDuring(ms, knock);
    expect(first.length).toBeLessThanOrEqual(CAP);
    // Places of which it was not known who has them are free again.
    const all = [...first];
    while (all.length < CAP) {
      all.push(...(await knock()));
      await pause(100);
    }
    expect(all).toHaveLength(CAP);
    for (const client of all) await client.close();
  });

  it.each([5, 15, 25])('S2 Z5 close everywhere who was revoked or kicked (%d ms)', async (ms) => {
    const users = ['carol', 'frank'].map((name) => `${name}-${ms}`) as [string, string];
    const clients = await Promise.all(users.flatMap((user) => nodes.all.map((node) => node.connect(user))));
    const startedAt = performance.now();
    const outcomes = await cutDuring(ms, () =>
      Promise.allSettled([
        nodes.revocations(nodes.one).revokeUser(users[0], null),
        registryOf(nodes.one).kick(users[1]),
      ]),
    );
    // What is refused is told, and a kick that was refused has to be said again.
    if (outcomes[1]?.status === 'rejected') await eventually(() => registryOf(nodes.one).kick(users[1]));
    for (const { closed } of clients) expect((await closed).code).toBe(4403);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect([await refusalOf(0, users[0]), await refusalOf(1, users[0])]).toEqual([401, 401]);
  });

  it.each([5, 15, 25, 40])('S5 S6 move a session whole, or say that it is lost (%d ms)', async (ms) => {
    const member = await Member.join(nodes.other, `dave-${ms}`);
    await nodes.push(0, 3);
    await member.got(3);
    await cut(member.session.client, registryOf(nodes.other));
    await nodes.push(3, 2);
    const back = await cutDuring(ms, () => eventually(() => Member.join(nodes.one, `dave-${ms}`, member)));
    await eventually(() => nodes.push(5, 1));
    const { recovered } = back.session.resume;
    const pushes = await back.got(recovered ? 6 : 1);
    expect(pushes).toEqual(recovered ? numbers(6) : [5]);
  });

  /** The status of a refusal that is none of an outage. */
  async function refusalOf(node: 0 | 1, sub: string): Promise<number> {
    for (;;) {
      const status = await nodes.all[node].refusal(sub);
      if (status !== 503) return status;
      await pause(50);
    }
  }
});
