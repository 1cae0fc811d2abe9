export { expectClose } from './expect-close.js';
export { ManualClock } from './manual-clock.js';
export { startTestApp } from './test-app.js';
export { TestClient } from './test-client.js';
export { connectionDirectoryContract } from './contracts/connection-directory.contract.js';
export { leasedThrottlerStorageContract } from './contracts/leased-throttler-storage.contract.js';
export { throttlerStorageContract } from './contracts/throttler-storage.contract.js';
export { mintToken, TEST_SECRET } from './test-token.js';

export type { TestClose, TestFrame } from './frame-queue.js';
export type { ContractCase, ContractSubject, CreateSubject } from './contracts/contract-case.js';
export type { ThrottlerContractOptions } from './contracts/throttler-bench.js';
export type { TestApp, TestAppOptions } from './test-app.js';
export type { TestConnectOptions, TestRefusal } from './test-handshake.interface.js';
export type { TestTokenOptions } from './test-token.js';
