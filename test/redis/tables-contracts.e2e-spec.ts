import { banStoreContract } from '../../src/testing/contracts/ban-store.contract.js';
import { clusterSignalsContract } from '../../src/testing/contracts/cluster-signals.contract.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { revocationStoreContract } from '../../src/testing/contracts/revocation-store.contract.js';
import { ticketStoreContract } from '../../src/testing/contracts/ticket-store.contract.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';
import { SharedNode } from '../support/shared-nodes.js';

describeWithRedis('tables and tickets in Redis', () => {
  let redis: RedisServer;
  let nodes: SharedNode[];

  beforeAll(async () => {
    redis = await RedisServer.start();
    nodes = [];
  });

  afterAll(() => redis.stop());

  const over =
    <Store>(storeOf: (node: SharedNode) => Store) =>
    async (): Promise<ContractSubject<Store>> => {
      await redis.command('FLUSHALL');
      nodes = await Promise.all([SharedNode.start(redis.url), SharedNode.start(redis.url)]);
      return {
        nodes: nodes.map(storeOf) as [Store, ...Store[]],
        pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
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

  runContract('RevocationStore', revocationStoreContract(over(({ revocations }) => revocations)));
  runContract(
    'ClusterSignals',
    clusterSignalsContract(async () => {
      const subject = await over(({ signals }) => signals)();
      // Who is there is told by beats.
      await Promise.all(nodes.map((node) => node.until(() => node.membership.liveNodes().length === 2)));
      return subject;
    }),
  );
  runContract('BanStore', banStoreContract(over(({ bans }) => bans)));
  runContract('TicketStore', ticketStoreContract(over(({ tickets }) => tickets)));
});
