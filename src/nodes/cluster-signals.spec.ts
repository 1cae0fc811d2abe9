import { runContract } from '../../test/support/run-contract.js';
import { clusterSignalsContract } from '../testing/contracts/cluster-signals.contract.js';
import { MemoryClusterSignals } from './cluster-signals.js';

runContract(
  'MemoryClusterSignals',
  clusterSignalsContract(() => ({
    nodes: [new MemoryClusterSignals()],
    pass: () => undefined,
  })),
);
