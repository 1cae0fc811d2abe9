import type { ContractCase } from '../../src/testing/contracts/contract-case.js';

/** Runs a contract suite of the package under Jest. */
export function runContract(name: string, cases: readonly ContractCase[]): void {
  describe(name, () => {
    for (const { name: rule, run } of cases) it(rule, run);
  });
}
