import { banStoreContract } from '../../src/testing/contracts/ban-store.contract.js';
import { clusterSignalsContract } from '../../src/testing/contracts/cluster-signals.contract.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { revocationStoreContract } from '../../src/testing/contracts/revocation-store.contract.js';
import { ticketStoreContract } from '../../src/testing/contracts/ticket-store.contract.js';
import { JointTime, JumpingClock } from '../support/jumping-clock.js';
import { idle } from '../support/redis-link.js';
import { describeWithRedisClock, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';
import { SharedNode } from '../support/shared-nodes.js';

describeWithRedisClock('tables and tickets in Redis', () => {
  let redis: RedisServer;
  let time: JointTime;
  let nodes: SharedNode[];

  beforeAll(async () => {
    redis = await RedisServer.start({ hasOwnClock: true });
    time = new JointTime([redis]);
    nodes = [];
  });

  afterAll(() => redis.stop());

  const over =
    <Store>(storeOf: (node: SharedNode) => Store) =>
    async (): Promise<ContractSubject<Store>> => {
      await redis.command('FLUSHALL');
      const start = (): Promise<SharedNode> =>
        SharedNode.start(redis.url, { clock: time.keep(new JumpingClock()) });
      nodes = await Promise.all([start(), start()]);
      return {
        nodes: nodes.map(storeOf) as [Store, ...Store[]],
        pass: async (ms) => {
          await idle(...nodes.map(({ test }) => test.link));
          time.pass(ms);
        },
        toleranceMs: 50,
        settle: async () => void (await Promise.all(nodes.map((node) => node.settle()))),
        close,
      };
    };

  async function close(): Promise<void> {
    await Promise.all(nodes.map((node) => node.stop()));
    expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
    const keys = (await redis.command('KEYS', '*')) as string[];
    const ttls = await Promise.all(keys.map((key) => redis.command('PTTL', key)));
    expect(keys.filter((_, index) => Number(ttls[index]) < 0)).toEqual([]);
  }

  // Before the time is set, which these cases compare with their own.
  runContract(
    'ClusterSignals',
    clusterSignalsContract(async () => {
      const subject = await over(({ signals }) => signals)();
      // Who is there is told by beats.
      await Promise.all(nodes.map((node) => node.until(() => node.membership.liveNodes().length === 2)));
      return subject;
    }),
  );
  runContract('RevocationStore', revocationStoreContract(over(({ revocations }) => revocations)));
  runContract('BanStore', banStoreContract(over(({ bans }) => bans)));
  runContract('TicketStore', ticketStoreContract(over(({ tickets }) => tickets)));
});
