import { eventually } from './eventually.js';
import { acceptedAtOnce, CONNECTIONS, FEW, type JointService, MANY } from './joint-service.js';
import type { RedisServer } from './redis-server.js';
import { connectResuming, cut } from './resuming.js';
import { type Frame, TestClient } from './test-client.js';
import { mintToken } from './tokens.js';

/** The next pushes, as `event data`. */
async function pushes(client: TestClient, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { event, data }: Frame = await client.next();
    texts.push(`${event} ${JSON.stringify(data)}`);
  }
  return texts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** How many of attempts that are made at once succeed. */
async function successes(attempts: readonly Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.allSettled(attempts);
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

let names = 0;
const newName = (): string => `user-${++names}`;

/** Promises of two applications that are one service, as tests. */
export function jointCases(service: () => JointService): void {
  const either = (i: number): JointService['one'] => service().nodes[i % 2] as JointService['one'];

  it('R2 a small limit is exact, a large one is never passed', async () => {
    const user = newName();
    const clients = await service().both(user);
    const few = await Promise.all(clients.map((client) => acceptedAtOnce(client, 'few', 2 * FEW)));
    expect(sum(few)).toBe(FEW);
    const many = await Promise.all(clients.map((client) => acceptedAtOnce(client, 'many', MANY)));
    expect(sum(many)).toBeLessThanOrEqual(MANY);
    expect(sum(many)).toBeGreaterThanOrEqual(0.95 * MANY);
  });

  it('R4 of many connections at once exactly as many are accepted as there may be', async () => {
    const token = await mintToken({ sub: newName() });
    const attempts = Array.from({ length: 4 * CONNECTIONS }, (_, i) =>
      TestClient.connect(`${either(i).url}/ws`, { token }),
    );
    expect(await successes(attempts)).toBe(CONNECTIONS);
  });

  it('S2 a revocation and a kick close connections on both', async () => {
    const { one, other } = service();
    const [revoked, kicked] = [newName(), newName()];
    const closed = (await service().both(revoked)).map((client) => client.closed);
    const revokedAt = performance.now();
    await service().revocations(one).revokeUser(revoked, null);
    for (const close of closed) expect(await close).toEqual({ code: 4403, reason: 'revoked' });
    expect(performance.now() - revokedAt).toBeLessThan(2000);
    expect([await one.refusal(revoked), await other.refusal(revoked)]).toEqual([401, 401]);
    const clients = await service().both(kicked);
    // A node hears of another one with its next beat.
    expect(await eventuallyCounted(() => service().registry(other).kick(kicked), 2)).toBe(2);
    for (const client of clients) expect(await client.closed).toEqual({ code: 4403, reason: 'kicked' });

    /** The first kick has to count both, unless a node has just started. */
    async function eventuallyCounted(kick: () => Promise<number>, count: number): Promise<number> {
      const reached = await kick();
      return reached < count ? reached + (await kick()) : reached;
    }
  });

  it('N12 a ticket is good once', async () => {
    const tickets = await Promise.all(
      Array.from({ length: 6 }, () => service().ticket(either(0), newName())),
    );
    for (const ticket of tickets) {
      const attempts = Array.from({ length: 6 }, (_, i) =>
        TestClient.connect(`${either(i).url}/ws?ticket=${ticket}`),
      );
      expect(await successes(attempts)).toBe(1);
    }
  });

  it('pushes reach the members of a room on both, in one order', async () => {
    const room = newName();
    const clients = await service().both(newName());
    for (const client of clients) await client.request('join', { room });
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => service().registry(either(i)).sendToRoom(room, 'r', i)),
    );
    const [first, second] = await Promise.all(clients.map((client) => pushes(client, 60)));
    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(60);
  });

  it('S5 S6 a client resumes on the other one, and loses no push', async () => {
    const { one, other } = service();
    const claims = { sub: newName() };
    const room = newName();
    const { client, resume } = await connectResuming(`${one.url}/ws`, undefined, claims);
    await client.request('join', { room });
    await cut(client, service().registry(one));
    for (const i of [1, 2, 3]) await service().registry(either(i)).sendToRoom(room, 'r', i);
    const offer = { token: resume.token, lastSeq: 0 };
    const back = await connectResuming(`${other.url}/ws`, offer, claims);
    expect(back.resume.recovered).toBe(true);
    expect(await pushes(back.client, 3)).toEqual(['r 1', 'r 2', 'r 3']);
  });
}

/** What a case before a failover leaves behind, and what has to hold after it. */
export class JointMemory {
  private constructor(
    readonly service: JointService,
    readonly full: string,
    readonly places: readonly TestClient[],
    readonly revoked: string,
    readonly ticket: string,
  ) {}

  static async make(service: JointService): Promise<JointMemory> {
    const { one, other } = service;
    const [full, revoked] = [newName(), newName()];
    const places = await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, i) => (i % 2 === 0 ? one : other).connect(full)),
    );
    const ticket = await service.ticket(one, newName());
    await service.revocations(one).revokeUser(revoked, null);
    return new JointMemory(service, full, places, revoked, ticket);
  }
}

/** No connections were lost, nobody enters above the cap, and who was revoked stays it, on a new node as well. */
export async function expectKept(memory: JointMemory, newNode: JointService['one']): Promise<void> {
  const { full, revoked, places, ticket, service } = memory;
  const nodes = [...service.nodes, newNode];
  for (const node of nodes)
    expect([await node.refusal(revoked), await node.refusal(full)]).toEqual([401, 429]);
  for (const client of places) expect((await client.request('echo')).data).toBe('echo');
  await places[0]?.close();
  await eventually(() => newNode.connect(full));
  expect(await service.other.refusal(full)).toBe(429);
  const attempts = nodes.map((node) => TestClient.connect(`${node.url}/ws?ticket=${ticket}`));
  expect(await successes(attempts)).toBeLessThanOrEqual(1);
}

/** Every key ends, and none names a user or an address. */
export async function expectTidyKeys(servers: readonly RedisServer[]): Promise<void> {
  let count = 0;
  for (const server of servers) {
    const keys = (await server.command('KEYS', '*')) as string[];
    count += keys.length;
    for (const key of keys) {
      expect(key).toMatch(/^wss:1:\{[\w.]+\}:/);
      expect(key).not.toMatch(/user-|127\.0\.0\.1/);
      // One that has ended since is told as -2.
      expect([key, await server.command('PTTL', key)]).not.toEqual([key, -1]);
    }
  }
  expect(count).toBeGreaterThan(5);
}
