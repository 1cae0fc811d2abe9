import { ANONYMOUS } from '../../src/connection/principal.js';
import { createResumeToken, hashOfResumeToken } from '../../src/connection/resume/resume-token.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { RedisNode, until } from '../support/redis-node.js';
import { describeWithRedis } from '../support/redis-server.js';

describeWithRedis('what nodes tell each other over a Cluster', () => {
  let cluster: RedisCluster;
  let nodes: RedisNode[];

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    nodes = await RedisNode.startAll(2, cluster.url);
  });

  afterAll(async () => {
    for (const node of nodes) node.stop();
    await cluster.stop();
  });

  it('pushes, signals and sessions reach the other node', async () => {
    const [one, two] = nodes as [RedisNode, RedisNode];
    await two.listen();
    await one.push('1');
    await until(() => two.heard.length === 1);

    for (const { signals } of nodes) signals.onSignal(() => 1);
    expect(await one.signals.send({ type: 'kick', id: 'alice' })).toBe(2);

    const tokens = Array.from({ length: 40 }, () => createResumeToken(one.id));
    const held = new Map(tokens.map((token, seq) => [hashOfResumeToken(token), seq]));
    one.sessions.serve((hash, owner, path) => {
      const seq = held.get(hash) as number;
      return { owner, path, seq, kept: [], rooms: [], at: '', startedAt: 0, principal: ANONYMOUS };
    });
    const found = await Promise.all(tokens.map((token) => two.sessions.fetch(token, 'alice', '/ws', 0)));
    expect(found.map((session) => session?.seq)).toEqual([...tokens.keys()]);
    expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
  });
});
