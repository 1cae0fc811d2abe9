import type { ContractCase } from '../../src/testing/contracts/contract-case.js';

/** Runs a contract suite of the package under Jest. */
export function runContract(name: string, cases: readonly ContractCase[]): void {
  describe(name, () => {
    for (const { name: rule, run } of cases) it(rule, run);
  });
}

/**
 * As {@link runContract}, for stores whose time cannot be moved: all cases run at the same time, because most of them
 * wait. Their subjects must not share state.
 */
export function runContractAtOnce(name: string, cases: readonly ContractCase[]): void {
  describe(name, () => {
    let running: ReadonlyMap<string, Promise<void>>;

    beforeAll(() => {
      running = new Map(cases.map(({ name: rule, run }) => [rule, run()]));
      // A failure belongs to its own test, which may come later.
      for (const result of running.values()) result.catch(() => undefined);
    });

    for (const { name: rule } of cases) it(rule, async () => running.get(rule));
  });
}
