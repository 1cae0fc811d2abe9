import { ManualClock } from '../../../test/support/manual-clock.js';
import { runContract } from '../../../test/support/run-contract.js';
import { SharedResumeStore, SharedSessions } from '../../../test/support/shared-sessions.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { resumeStoreContract, type ResumeStoreNode } from '../../testing/contracts/resume-store.contract.js';
import { MemoryResumeStore } from './resume-store.js';

runContract(
  'MemoryResumeStore',
  resumeStoreContract(() => {
    const clock = new ManualClock();
    const node: ResumeStoreNode = { store: new MemoryResumeStore(clock), nodeId: new NodeIdentity().id };
    return { nodes: [node], pass: (ms) => clock.advance(ms) };
  }),
);

runContract(
  'two nodes that share sessions',
  resumeStoreContract(() => {
    const clock = new ManualClock();
    const shared = new SharedSessions(clock);
    const node = (): ResumeStoreNode => {
      const { id } = new NodeIdentity();
      return { store: new SharedResumeStore(shared, id), nodeId: id };
    };
    return { nodes: [node(), node()], pass: (ms) => clock.advance(ms) };
  }),
);
