import type {
  BanPage,
  ConnectionAnswer,
  ConnectionPage,
  Overview,
  RefusalsAnswer,
  RoomAnswer,
  WriteAnswer,
} from 'nestjs-ws-security/admin';
import { eventually } from '../support/eventually.js';
import { ServiceNode } from '../support/faults/service-node.js';
import { Operator } from '../support/operator.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const ENVIRONMENT = {
  PLAIN_HTTP: '1',
  WS_JWT_SECRET: SECRET,
  // A busy machine is not an outage.
  WS_REDIS_TIMEOUT_MS: '2000',
  WS_CONNECT_RATE_LIMIT: '10000',
  WS_ADMIN_READ_LIMIT: '10000',
  WS_ADMIN_WRITE_LIMIT: '10000',
};
const ALL = { asked: 3, answered: 3 };

describeWithRedis("the operator's API of three nodes", () => {
  let redis: RedisServer;
  let nodes: [ServiceNode, ServiceNode, ServiceNode];
  let operators: [Operator, Operator, Operator];
  const clients: TestClient[] = [];

  const connect = async ({ url }: ServiceNode, sub: string, claims: object = {}): Promise<TestClient> => {
    const token = await mintToken({ sub, roles: ['user'], ...claims });
    const client = await TestClient.connect(`${url?.replace('http', 'ws')}/ws`, { token });
    clients.push(client);
    return client;
  };
  const refusal = async ({ url }: ServiceNode, sub: string): Promise<number> => {
    const token = await mintToken({ sub, roles: ['user'] });
    return (await TestClient.refused(`${url?.replace('http', 'ws')}/ws`, { token })).status;
  };
  /** A busy node may be late. */
  const complete = <T extends { nodes: { answered: number } }>(
    operator: Operator,
    path: string,
  ): Promise<T> =>
    eventually(async () => {
      const answer = await operator.get<T>(path);
      expect(answer.nodes).toEqual(ALL);
      return answer;
    });
  const idOf = async (user: string): Promise<string> => {
    const { connections } = await complete<ConnectionPage>(operators[0], `/connections?user=${user}`);
    return connections[0]?.id as string;
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    const start = (index: number): Promise<ServiceNode> => ServiceNode.start(index, redis.port, ENVIRONMENT);
    nodes = await Promise.all([start(0), start(1), start(2)]);
    const [one, two, three] = nodes.map(({ url }) => Operator.at(url as string, { roles: ['admin'] }));
    operators = (await Promise.all([one, two, three])) as [Operator, Operator, Operator];
  }, 90_000);

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  afterAll(async () => {
    nodes[2].wake();
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(nodes.map(({ relay }) => relay.stop()));
    await redis.stop();
  });

  it('O3 finds users, rooms and refusals of other nodes, page by page', async () => {
    const erin = await connect(nodes[1], 'erin');
    await connect(nodes[0], 'frank');
    await connect(nodes[2], 'erin');
    await erin.request('chat.join', { room: 'lobby' });
    const found = await complete<ConnectionPage>(operators[0], '/connections?user=erin');
    expect(found.connections).toHaveLength(2);
    expect(new Set(found.connections.map(({ node }) => node)).size).toBe(2);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/connections?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const page: ConnectionPage = await complete<ConnectionPage>(operators[2], path);
      pages.push(...page.connections.map(({ id }) => id));
      ({ cursor } = page);
    }
    expect(new Set(pages).size).toBe(3);
    expect(pages).toHaveLength(3);
    const room = await complete<RoomAnswer>(operators[2], '/rooms/lobby');
    expect(room).toMatchObject({ members: 1, connections: [{ user: 'erin' }] });
    const { connection } = await complete<ConnectionAnswer>(
      operators[2],
      `/connections/${room.connections[0]?.id}`,
    );
    expect(connection).toMatchObject({ user: 'erin', rooms: ['lobby'] });
    expect(connection.budgets.length).toBeGreaterThan(0);
    const overview = await complete<Overview>(operators[0], '/overview');
    expect(overview).toMatchObject({ connections: 3, sameSettings: true });
    expect(overview.perNode).toHaveLength(3);
    expect(overview.perNode.filter(({ isSelf }) => isSelf)).toHaveLength(1);
    await TestClient.refused(`${nodes[1].url?.replace('http', 'ws')}/ws`, { token: 'nonsense' });
    const { codes } = await complete<RefusalsAnswer>(operators[0], '/refusals');
    expect(codes).toMatchObject([{ code: 'UNAUTHENTICATED', count: 1 }]);
  });

  it('L7 disconnects on other nodes, and all nodes hear of it', async () => {
    const ears = await operators[2].listen('?type=admin.*&lastEventId=now');
    await ears.until(({ event, data }) => event === 'nodes' && data['answered'] === 3);
    const client = await connect(nodes[1], 'gina');
    const path = `/connections/${await idOf('gina')}/disconnect`;
    expect((await operators[0].post(`${path}?dryRun=true`, {})).body).toMatchObject({
      isDryRun: true,
      reached: 1,
    });
    expect(client.isOpen).toBe(true);
    expect((await operators[0].post(path, { code: 4440, note: 'moved' })).body).toMatchObject({ reached: 1 });
    expect((await client.closed).code).toBe(4440);
    const { data } = await ears.until(({ event }) => event === 'event');
    expect(data).toMatchObject({ type: 'admin.disconnect', 'actor.id': 'olga', note: 'moved' });
    ears.stop();
    const [here, there] = [await connect(nodes[0], 'gina'), await connect(nodes[2], 'gina')];
    await eventually(async () => {
      const { body } = await operators[1].post('/users/disconnect?dryRun=true', { user: 'gina' });
      expect(body.reached).toBe(2);
    });
    await operators[1].post('/users/disconnect', { user: 'gina' });
    expect([(await here.closed).code, (await there.closed).code]).toEqual([4403, 4403]);
  });

  it('L7 bans and revokes on all nodes, and lifts from any', async () => {
    const client = await connect(nodes[1], 'hans');
    const until = Date.now() + 3_600_000;
    const { status, body } = await operators[0].post('/bans', { user: 'hans', issuer: null, until });
    expect([status, body]).toMatchObject([200, { isPending: false }]);
    expect((await client.closed).code).toBe(4403);
    await eventually(async () => expect(await refusal(nodes[2], 'hans')).toBe(403));
    const ban = await eventually(async () => {
      const page = await operators[2].get<BanPage>('/bans?user=hans');
      expect(page.total).toBe(1);
      return page.bans[0];
    });
    const lifted = await eventually(async () => {
      const answer = await operators[2].request<WriteAnswer>('DELETE', `/bans/${ban?.id}?dryRun=true`, {
        note: 'n',
      });
      expect(answer.body.nodes).toEqual(ALL);
      return operators[2].request<WriteAnswer>('DELETE', `/bans/${ban?.id}`, { note: 'sorry' });
    });
    expect(lifted.status).toBe(200);
    await eventually(() => connect(nodes[1], 'hans'));

    const ines = await connect(nodes[2], 'ines', { sid: 'canary-of-a-session' });
    const revoked = await operators[0].post('/revocations', { connection: await idOf('ines') });
    expect(revoked).toMatchObject({ status: 200, body: { reached: 1 } });
    expect(await ines.closed).toEqual({ code: 4403, reason: 'revoked' });
  });

  it('Z5 says 2 of 3 while a node is suspended, and does there later what was asked for', async () => {
    const late = await connect(nodes[2], 'jane');
    const id = await idOf('jane');
    const overview = await complete<Overview>(operators[2], '/overview');
    const self = overview.perNode.find(({ isSelf }) => isSelf);
    const ears = await operators[0].listen('?lastEventId=now');
    await ears.until(({ event, data }) => event === 'nodes' && data['answered'] === 3);
    nodes[2].suspend();
    const missing = await operators[0].request('POST', `/connections/${id}/disconnect`, { note: 'n' });
    expect([missing.status, missing.body.code]).toEqual([404, 'NOT_FOUND']);
    await eventually(async () => {
      const { nodes: told, perNode } = await operators[0].get<Overview>('/overview');
      expect([told, perNode.length]).toEqual([{ asked: 3, answered: 2 }, 2]);
    });
    expect((await operators[0].post('/drain', { node: self?.id, percent: 100 })).status).toBe(404);
    await ears.until(({ event, data }) => event === 'nodes' && data['answered'] === 2);
    nodes[2].wake();
    expect((await late.closed).code).toBe(4403);
    await complete(operators[0], '/overview');
    ears.stop();
  });

  it('O3 R11 answers for itself while Redis is away, and says how many nodes are missing', async () => {
    const own = await connect(nodes[0], 'kate');
    await connect(nodes[1], 'kate');
    await complete(operators[0], '/overview');
    await redis.kill();
    const { nodes: told, connections } = await eventually(async () => {
      const page = await operators[0].get<ConnectionPage>('/connections?user=kate');
      expect(page.nodes.answered).toBe(1);
      return page;
    });
    expect(told.asked).toBeGreaterThanOrEqual(1);
    expect(connections).toHaveLength(1);
    const { status, body } = await operators[0].post('/bans', {
      user: 'kate',
      issuer: null,
      until: Date.now() + 3_600_000,
    });
    expect([status, body]).toMatchObject([202, { isPending: true, reached: 1, nodes: { answered: 1 } }]);
    expect((await own.closed).code).toBe(4403);
    expect(await refusal(nodes[0], 'kate')).toBe(403);
  });
});
