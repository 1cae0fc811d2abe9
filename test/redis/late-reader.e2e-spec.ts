import { RedisNode, until } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const MESSAGES = 100;

describeWithRedis('a node whose line for reading was cut', () => {
  let redis: RedisServer;
  let relay: TcpRelay;
  const nodes: RedisNode[] = [];

  beforeEach(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
  });

  afterEach(async () => {
    for (const node of nodes.splice(0)) node.stop();
    await relay.stop();
    await redis.stop();
  });

  it('S2 believes no revocations until it has read all that was written meanwhile', async () => {
    const sender = await RedisNode.start(redis.url);
    nodes.push(sender);
    const reader = await RedisNode.start(redis.url, { readUrl: `redis://127.0.0.1:${relay.port}` });
    nodes.push(reader);
    await until(() => reader.membership.isCurrent());
    relay.isRefusing = true;
    relay.cut();
    await Promise.all(
      Array.from({ length: MESSAGES }, (_, n) => sender.streams.control.append('test', String(n))),
    );
    await until(() => !reader.membership.isCurrent());
    const wasCurrent: boolean[] = [];
    reader.streams.control.on('test', () => wasCurrent.push(reader.membership.isCurrent()));
    relay.isRefusing = false;
    await until(() => reader.membership.isCurrent());
    expect(wasCurrent).toEqual(Array.from({ length: MESSAGES }, () => false));
  });
});
