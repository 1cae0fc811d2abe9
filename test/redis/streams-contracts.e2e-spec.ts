import { broadcastBusContract } from '../../src/testing/contracts/broadcast-bus.contract.js';
import { clusterSignalsContract } from '../../src/testing/contracts/cluster-signals.contract.js';
import type { ContractSubject } from '../../src/testing/contracts/contract-case.js';
import { nodeQuestionsContract } from '../../src/testing/contracts/node-questions.contract.js';
import { resumeStoreContract } from '../../src/testing/contracts/resume-store.contract.js';
import { RedisNode, settled } from '../support/redis-node.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { runContract } from '../support/run-contract.js';

describeWithRedis('two nodes over one Redis', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterAll(() => redis.stop());

  async function subjectOf<Store>(storeOf: (node: RedisNode) => Store): Promise<ContractSubject<Store>> {
    await redis.command('FLUSHALL');
    const nodes = await RedisNode.startAll(2, redis.url);
    return {
      nodes: nodes.map(storeOf) as [Store, ...Store[]],
      pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      toleranceMs: 300,
      settle: () => settled(redis, nodes),
      close: () => {
        for (const node of nodes) node.stop();
        expect(nodes.flatMap(({ faults }) => faults)).toEqual([]);
      },
    };
  }

  runContract(
    'RedisBroadcastBus',
    broadcastBusContract(() => subjectOf(({ bus }) => bus)),
  );
  runContract(
    'RedisClusterSignals',
    clusterSignalsContract(() => subjectOf(({ signals }) => signals)),
  );
  runContract(
    'RedisNodeQuestions',
    nodeQuestionsContract(() => subjectOf(({ questions }) => questions)),
  );
  runContract(
    'RedisResumeStore',
    resumeStoreContract(() => subjectOf(({ sessions: store, id: nodeId }) => ({ store, nodeId }))),
  );
});
