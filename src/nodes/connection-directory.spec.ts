import { runContract } from '../../test/support/run-contract.js';
import { connectionDirectoryContract } from '../testing/contracts/connection-directory.contract.js';
import { MemoryConnectionDirectory } from './connection-directory.js';

runContract(
  'MemoryConnectionDirectory',
  connectionDirectoryContract(() => ({
    nodes: [new MemoryConnectionDirectory()],
    pass: () => undefined,
  })),
);

it('MemoryConnectionDirectory forgets scopes without connections', () => {
  const directory = new MemoryConnectionDirectory();
  directory.acquire('a', 2);
  directory.acquire('a', 2);
  directory.acquire('b', 1);
  for (const scope of ['a', 'a', 'b']) directory.release(scope);
  expect(directory.size).toBe(0);
});
