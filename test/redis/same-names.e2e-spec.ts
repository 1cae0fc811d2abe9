import { NodeIdentity } from 'nestjs-ws-security';
import { jointCases } from '../support/joint-cases.js';
import { JointService } from '../support/joint-service.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

describeWithRedis('two applications with the same WS_NODE_ID', () => {
  let redis: RedisServer;
  let service: JointService;

  beforeAll(async () => {
    redis = await RedisServer.start();
    service = await JointService.start(redis.url, { serviceName: 'chat', nodeId: 'pod-1' });
  });

  afterAll(async () => {
    await service.close();
    await redis.stop();
  });

  jointCases(() => service);

  it('L7 show the same name, are two nodes, and one goes on when the other stops', async () => {
    const ids = service.nodes.map(({ running }) => running.app.get(NodeIdentity).id);
    expect(new Set(ids).size).toBe(2);
    service.forget();
    const [, stays] = await service.both('namesake');
    for (const node of service.nodes)
      expect(node.told.find(({ type }) => type === 'connection.accepted')).toMatchObject({
        'service.name': 'chat',
        'service.instance.id': 'pod-1',
        'user.id': 'namesake',
      });
    await service.one.running.close();
    expect(await stays?.request('echo')).toMatchObject({ data: 'echo' });
    expect(service.other.isReady).toBe(true);
    const late = await service.other.connect('namesake');
    expect(await late.request('echo')).toMatchObject({ data: 'echo' });
    expect(service.other.told.filter(({ type }) => type.startsWith('cluster.'))).toEqual([]);
  });
});
