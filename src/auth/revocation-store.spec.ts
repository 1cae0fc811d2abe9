import { describeRevocationStore } from '../../test/contracts/revocation-store.contract.js';
import { MemoryRevocationStore } from './revocation-store.js';

describeRevocationStore('MemoryRevocationStore', () => new MemoryRevocationStore());
