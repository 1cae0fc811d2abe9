import { describeResumeStore } from '../../../test/contracts/resume-store.contract.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { MemoryResumeStore } from './resume-store.js';

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock();
});

describeResumeStore(
  'MemoryResumeStore',
  () => new MemoryResumeStore(clock),
  (ms) => clock.advance(ms),
);
