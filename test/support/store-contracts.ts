import { banStoreContract } from '../../src/testing/contracts/ban-store.contract.js';
import { broadcastBusContract } from '../../src/testing/contracts/broadcast-bus.contract.js';
import { clusterSignalsContract } from '../../src/testing/contracts/cluster-signals.contract.js';
import { connectionDirectoryContract } from '../../src/testing/contracts/connection-directory.contract.js';
import type { ContractCase, CreateSubject } from '../../src/testing/contracts/contract-case.js';
import { leasedThrottlerStorageContract } from '../../src/testing/contracts/leased-throttler-storage.contract.js';
import { nodeQuestionsContract } from '../../src/testing/contracts/node-questions.contract.js';
import { resumeStoreContract } from '../../src/testing/contracts/resume-store.contract.js';
import { revocationStoreContract } from '../../src/testing/contracts/revocation-store.contract.js';
import { throttlerStorageContract } from '../../src/testing/contracts/throttler-storage.contract.js';
import { ticketStoreContract } from '../../src/testing/contracts/ticket-store.contract.js';
import { runContract } from './run-contract.js';
import { storeSubject, type StoreNode, type StorePlace } from './store-nodes.js';

const AT_ONCE = 3;

/** The contracts of all stores in one place. @param place is asked when a case starts */
export function storeContracts(place: () => StorePlace): void {
  const over =
    <Store>(storeOf: (node: StoreNode) => Store, toleranceMs = 500): CreateSubject<Store> =>
    () =>
      storeSubject(place(), storeOf, toleranceMs);
  const throttler = over(({ stores }) => stores.throttler, 150);
  const lent = leasedThrottlerStorageContract(throttler, { runs: 1 });

  runAtOnce('ConnectionDirectory', connectionDirectoryContract(over(({ stores }) => stores.directory)));
  runAtOnce('BroadcastBus', broadcastBusContract(over(({ stores }) => stores.bus)));
  runAtOnce('ClusterSignals', clusterSignalsContract(over(({ stores }) => stores.signals)));
  runAtOnce('NodeQuestions', nodeQuestionsContract(over(({ stores }) => stores.questions)));
  // The cases of these set the time, so nothing else runs meanwhile.
  runContract('exact limits', throttlerStorageContract(throttler, { runs: 1 }));
  // How much of a limit is used in the long run does not depend on where Redis is.
  runContract(
    'budgets lent to nodes',
    lent.filter(({ name }) => !name.includes('in a flood')),
  );
  runContract('RevocationStore', revocationStoreContract(over(({ stores }) => stores.revocations)));
  runContract('BanStore', banStoreContract(over(({ stores }) => stores.bans)));
  runContract('TicketStore', ticketStoreContract(over(({ stores }) => stores.tickets)));
  runContract(
    'ResumeStore',
    resumeStoreContract(over(({ stores, id }) => ({ store: stores.sessions, nodeId: id }))),
  );
}

/** Cases have nodes and keys of their own, and most of them wait: some run at the same time. */
function runAtOnce(name: string, cases: readonly ContractCase[]): void {
  describe(name, () => {
    const runs = new Map<string, Promise<void>>();

    /** Starts those that come next, too. */
    const start = (first: number): void => {
      for (const { name: rule, run } of cases.slice(first, first + AT_ONCE)) {
        if (runs.has(rule)) continue;
        const outcome = run();
        outcome.catch(() => undefined);
        runs.set(rule, outcome);
      }
    };

    it.each(cases.map((each, i) => [each.name, i] as const))('%s', (rule, i) => {
      start(i);
      return runs.get(rule);
    });
  });
}
