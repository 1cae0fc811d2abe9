import { NodeQuestions } from 'nestjs-ws-security';
import {
  BearerOperatorGuard,
  type ConnectionPage,
  type Overview,
  type RefusalsAnswer,
  type RoomAnswer,
  type RoomPage,
  WsAdminModule,
} from 'nestjs-ws-security/admin';
import { EchoGateway } from '../support/echo.gateway.js';
import { eventually } from '../support/eventually.js';
import { Logged } from '../support/logged.js';
import { Operator } from '../support/operator.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const PATHS = ['/overview', '/connections', '/connections/abc', '/rooms', '/rooms/x', '/refusals'] as const;

describeWithRedis("the operator's API beside a node of another version", () => {
  let redis: RedisServer;
  let node: RunningApp;
  let stranger: RunningApp;
  let operator: Operator;
  let logged: Logged;
  let client: TestClient;
  /** What the other node answers to each question. */
  const answers = new Map<string, unknown>();

  const start = (imports: RunningAppImports = []): Promise<RunningApp> =>
    startApp({
      gateways: [EchoGateway],
      // A busy machine is not an outage.
      options: { redisUrl: redis.url, redisTimeoutMs: 2000, adminReadLimit: 10_000, adminWriteLimit: 10_000 },
      imports,
    });
  /** Until the nodes know each other, and none is late. */
  const complete = <T extends { nodes: { answered: number } }>(path: string, answered: number): Promise<T> =>
    eventually(async () => {
      const answer = await operator.get<T>(path);
      expect(answer.nodes).toEqual({ asked: 2, answered });
      return answer;
    });
  const foreign = (): string[] =>
    logged.texts.filter((text) => /^An answer to admin\.\w+ is not used/.test(text));
  const details = (): string[] =>
    logged.errors.flatMap(
      ({ stack = '' }) =>
        /ForeignAnswerError: node [\w-]+ answers in another form than this version: (.*)/
          .exec(stack)
          ?.slice(1) ?? [],
    );

  beforeAll(async () => {
    redis = await RedisServer.start();
    node = await start([WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })]);
    stranger = await start();
    const questions = stranger.app.get(NodeQuestions);
    for (const kind of KINDS) questions.serve(kind, () => answers.get(kind));
    operator = await Operator.at(node.url);
    client = await TestClient.connect(`${node.url}/ws`, { token: await mintToken() });
  });

  beforeEach(() => {
    answers.clear();
    logged = new Logged();
  });

  afterEach(() => logged.stop());

  afterAll(async () => {
    await client.close();
    await Promise.all([node.close(), stranger.close()]);
    await redis.stop();
  });

  it('O3 an answer in another form counts as none, and is logged once with the member, without values', async () => {
    const canary = 'canary-user';
    answers.set('admin.node', { summary: { id: 'x', connections: canary }, refusals: {} });
    answers.set('admin.connections', { items: [{ id: 7, user: canary }], more: false });
    answers.set('admin.connection', { connection: { id: 7 } });
    answers.set('admin.rooms', { items: canary, more: false });
    answers.set('admin.count', { reached: '5' });
    answers.set('admin.refusals', { kinds: [{ stage: 'handshake', code: canary, perStep: 'many' }] });
    const overview = await complete<Overview>('/overview', 1);
    expect(overview).toMatchObject({ connections: 1, perNode: [{ isSelf: true }] });
    expect((await complete<ConnectionPage>('/connections', 1)).connections).toHaveLength(1);
    expect((await complete<RoomPage>('/rooms', 1)).rooms).toEqual([]);
    expect((await complete<RoomAnswer>('/rooms/x', 1)).members).toBe(0);
    expect((await complete<RefusalsAnswer>('/refusals', 1)).codes).toEqual([]);
    for (const path of PATHS) await operator.request('GET', path);
    expect(details()).toEqual([
      'summary.name',
      'items.0.id',
      'items',
      'reached',
      'kinds.0.perStep',
      'connection.id',
    ]);
    expect(foreign()).toHaveLength(6);
    expect(JSON.stringify(logged.errors)).not.toContain(canary);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', 'canary'],
    ['a negative number', { reached: -3 }],
    ['nothing', {}],
  ])('O3 %s reaches nobody', async (_name, answer) => {
    answers.set('admin.count', answer);
    const { body } = await operator.post('/users/disconnect?dryRun=true', { user: 'alice' });
    expect(body).toMatchObject({ nodes: { asked: 2, answered: 1 }, reached: 1 });
  });

  it('O3 members that are not known are left out', async () => {
    answers.set('admin.rooms', { items: [{ name: 'a', members: 2, canary: 1 }], more: false, canary: 2 });
    expect(await complete<RoomPage>('/rooms', 2)).toEqual({
      nodes: { asked: 2, answered: 2 },
      rooms: [{ name: 'a', members: 2 }],
      cursor: null,
    });
    expect(foreign()).toEqual([]);
  });

  it('L7 an event in another form never gets into the stream of a listener', async () => {
    const entry = { n: 1, type: 'node.started', user: null, address: null };
    const forged = '{}\n\nevent: event\ndata: {"type":"canary"}';
    answers.set('admin.events', { first: 1, last: 1, entries: [{ ...entry, text: forged }] });
    const ears = await operator.listen();
    await ears.until(({ event, data }) => event === 'nodes' && data['answered'] === 1);
    answers.set('admin.events', { first: 1, last: 1, entries: [{ ...entry, text: '{"type":"right"}' }] });
    await ears.until(({ event, data }) => event === 'event' && data['type'] === 'right');
    ears.stop();
    expect(ears.sent.some(({ data }) => data['type'] === 'canary')).toBe(false);
    expect(details()).toEqual(['entries.0.text']);
  });
});

type RunningAppImports = NonNullable<Parameters<typeof startApp>[0]['imports']>;

const KINDS = [
  'admin.node',
  'admin.connections',
  'admin.connection',
  'admin.rooms',
  'admin.count',
  'admin.refusals',
  'admin.events',
];
