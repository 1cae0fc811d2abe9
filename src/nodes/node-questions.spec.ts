import { runContract } from '../../test/support/run-contract.js';
import { nodeQuestionsContract } from '../testing/contracts/node-questions.contract.js';
import { NodeIdentity } from './node-identity.js';
import { MemoryNodeQuestions } from './node-questions.js';

runContract(
  'MemoryNodeQuestions',
  nodeQuestionsContract(() => ({
    nodes: [new MemoryNodeQuestions(new NodeIdentity())],
    pass: () => undefined,
  })),
);
