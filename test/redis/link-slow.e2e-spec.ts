import { defineScript } from '../../src/redis/link/script.js';
import { SCRIPT_START } from '../../src/redis/link/script-start.js';
import { PREFIX, TestLink } from '../support/redis-link.js';
import { endings } from '../support/endings.js';
import { RedisNode, until } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpRelay } from '../support/tcp-relay.js';

const NOW = defineScript('now', `${SCRIPT_START} return {now}`);

describeWithRedis('a node whose Redis is slow', () => {
  const later = endings();
  let redis: RedisServer;
  let relay: TcpRelay;

  const url = (): string => `redis://127.0.0.1:${relay.port}`;

  beforeEach(async () => {
    redis = await RedisServer.start();
    relay = await TcpRelay.start(redis.port);
  });

  afterEach(async () => {
    await relay.stop();
    await redis.stop();
  });

  it('waits for one answer also where a script is new there', async () => {
    const test = await TestLink.start(url());
    later(() => test.stop());
    await test.up();
    relay.delayMs = 300;
    const run = (): Promise<unknown> =>
      test.link.run(NOW, test.control, [`${PREFIX}{c}:test`], [], { deadlineMs: 1100 });
    await expect(run()).resolves.toHaveLength(1);
    await run();
    expect(String(await redis.command('INFO', 'commandstats'))).toMatch(/cmdstat_evalsha:calls=1,/);
  });

  it('R11 soon makes no calls that will be late, also between others that may take long', async () => {
    const test = await TestLink.start(url(), { timeoutMs: 100 });
    later(() => test.stop());
    await test.up();
    const run = (deadlineMs: number): Promise<unknown> =>
      test.link.run(NOW, test.control, [`${PREFIX}{c}:test`], [], { deadlineMs });
    await run(5000);
    relay.delayMs = 100;
    for (let n = 0; n < 3; n++) {
      await expect(run(100)).rejects.toMatchObject({ reason: 'timeout' });
      await run(5000);
    }
    expect(test.link.isUp(test.control)).toBe(false);
  });

  it('S2 tells the others what it has to, and publishes, though most calls are given up', async () => {
    const other = await RedisNode.start(redis.url);
    const node = await RedisNode.start(url(), { timeoutMs: 200 });
    for (const each of [node, other]) {
      later(() => each.stop());
      await each.listen();
    }
    const heard: string[] = [];
    other.streams.control.on('test', (body) => heard.push(body));
    other.signals.onSignal(() => 1);
    const { link } = node;
    relay.delayMs = 120;
    while (link.isUp(link.control))
      await link.run(NOW, link.control, [`${PREFIX}{c}:test`], []).catch(() => undefined);
    await until(() => link.isReachable(link.control));
    await node.streams.control.append('test', 'a message');
    await until(() => heard.length === 1);
    await node.signals.send({ type: 'kick', id: 'alice' });
    await node.push('"a push"');
    await until(() => other.texts.length === 1);
    expect([link.isUp(link.control), node.told('cluster.push-local')]).toEqual([false, 0]);
  });
});
