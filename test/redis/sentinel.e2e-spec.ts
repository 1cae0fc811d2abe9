import { RedisUnavailableError } from 'nestjs-ws-security/redis';
import { expectTidyKeys, JointMemory, jointCases } from '../support/joint-cases.js';
import { JointService } from '../support/joint-service.js';
import { JointTraffic } from '../support/joint-traffic.js';
import { Logged } from '../support/logged.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWithSentinel, type RedisServer } from '../support/redis-server.js';

describeWithSentinel('two applications over a master that three Sentinels watch', () => {
  let sentinels: RedisSentinels;
  let service: JointService;
  let logged: Logged;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
    service = await JointService.start(sentinels.url, { redisOutage: 'deny' });
    logged = new Logged();
  });

  afterAll(async () => {
    logged.stop();
    await service.close();
    await sentinels.stop();
  });

  jointCases(() => service);

  it('R12 leave no key without an end', () => expectTidyKeys(sentinels.servers));

  const isMaster = async (server: RedisServer): Promise<boolean> =>
    ((await server.command('ROLE').catch(() => [])) as string[])[0] === 'master';

  it.each([
    ['asked for', () => sentinels.failover()],
    ['because the master is killed', async () => (await sentinels.master()).kill()],
  ])('R2 R4 R11 S2 go through a failover %s', async (how, begin) => {
    await sentinels.settled();
    const [memory, replica] = [await JointMemory.make(service), await sentinels.replica()];
    const traffic = await JointTraffic.start(service, `flood ${how}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    service.forget();

    const begunAt = performance.now();
    await begin();
    await service.heard('cluster.down');
    const revoked = service.revocations(service.one).revokeUser('meanwhile', null);
    await expect(revoked).rejects.toBeInstanceOf(RedisUnavailableError);
    while (!(await isMaster(replica))) await new Promise((resolve) => setTimeout(resolve, 10));
    const promotedAt = performance.now();
    await service.heard('cluster.failover');
    await service.heard('cluster.up');
    const healedAt = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await traffic.stop();
    console.log({
      how,
      down: promotedAt - begunAt,
      healed: healedAt - promotedAt,
      longest: traffic.longestMs,
      answers: traffic.answers,
      stored: traffic.stored,
      most: traffic.mostInWindow(),
      after: traffic.mostInWindow(healedAt),
      told: service.one.told.map(({ type }) => type).join(' '),
      other: service.other.told.map(({ type }) => type).join(' '),
    });
    traffic.expectRoomsInOrder();
    const later = await JointService.node(sentinels.url, { redisOutage: 'deny' });
    await memory.expectKept(later);
    expect([await later.refusal('meanwhile'), await service.other.refusal('meanwhile')]).toEqual([401, 401]);
    await later.close();
    expect(logged.texts).toEqual([]);
  });
});
