import { RedisUnavailableError } from 'nestjs-ws-security/redis';
import { expectTidyKeys, jointCases } from '../support/joint-cases.js';
import { goThroughFailover } from '../support/joint-failover.js';
import { JointService } from '../support/joint-service.js';
import { Logged } from '../support/logged.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWithSentinel } from '../support/redis-server.js';

/** A busy machine is not an outage. */
const OPTIONS = { redisOutage: 'deny', redisTimeoutMs: 750 } as const;

describeWithSentinel('two applications over a master that three Sentinels watch', () => {
  let sentinels: RedisSentinels;
  let service: JointService;
  let logged: Logged;

  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
    service = await JointService.start(sentinels.url, OPTIONS);
    logged = new Logged();
  });

  afterEach(() => {
    // Under `deny` a message that cannot be counted is told of as well.
    const others = logged.errors.filter(({ text }) => !text.startsWith('The throttler storage failed'));
    expect(others).toEqual([]);
  });

  afterAll(async () => {
    logged.stop();
    await service.close();
    await sentinels.stop();
  });

  jointCases(() => service);

  it('R12 leave no key without an end', () => expectTidyKeys(sentinels.servers));

  const startLater = () => JointService.node(sentinels.url, OPTIONS);
  // In a window that touches a failover the new master may not know what was accepted last.
  const most = 2;

  it('R2 R4 R11 S2 go through a failover that was asked for', async () => {
    const old = await sentinels.master();
    await goThroughFailover(service, 'asked', {
      begin: () => sentinels.failover(),
      // They hear of it before the Sentinels tell the old master.
      meanwhile: async () =>
        expect(String(await old.command('INFO', 'replication'))).toContain('role:master'),
      most,
      startLater,
    });
  });

  it('R2 R4 R11 S2 go through a failover because the master is killed', async () => {
    await sentinels.settled();
    const master = await sentinels.master();
    const clients = await service.both('meanwhile');
    await goThroughFailover(service, 'killed', {
      begin: () => master.kill(),
      // It counts on this node at once, and is written when there is a master.
      meanwhile: async () => {
        const revoked = service.revocations(service.one).revokeUser('meanwhile', null);
        await expect(revoked).rejects.toBeInstanceOf(RedisUnavailableError);
        expect((await clients[0]?.closed)?.reason).toBe('revoked');
      },
      most,
      startLater: async () => {
        expect((await clients[1]?.closed)?.reason).toBe('revoked');
        const later = await startLater();
        expect(await later.refusal('meanwhile')).toBe(401);
        return later;
      },
    });
  });
});
