import type { MaybePromise } from '../../time/maybe-promise.js';

/** One thing that an implementation of a store has to do. @publicApi */
export interface ContractCase {
  readonly name: string;
  /** Rejects with an `AssertionError` when the implementation does something else. */
  readonly run: () => Promise<void>;
}

/** An implementation that is held to its contract; each case makes one of its own. @publicApi */
export interface ContractSubject<Store> {
  /** The store, or one for each of several nodes that share its state. A case uses the first and the last. */
  readonly nodes: readonly [Store, ...Store[]];
  /** Lets time go by, milliseconds: moves the store's clock, or waits. */
  pass(ms: number): MaybePromise<void>;
  /** By how many milliseconds its times may be off; 0 for a store whose clock `pass` moves. */
  readonly toleranceMs?: number;
  /** Resolves when all nodes know what one of them was told. */
  settle?(): MaybePromise<void>;
  /** Ends what the subject has opened. */
  close?(): MaybePromise<void>;
}

/** Makes what one case of a contract is held against. @publicApi */
export type CreateSubject<Store> = () => MaybePromise<ContractSubject<Store>>;

/** What a case works with. */
export interface Bench<Store> {
  /** A store on the first node. */
  readonly store: Store;
  /** A store on the last node, which is the first one where there is a single node. */
  readonly other: Store;
  readonly toleranceMs: number;
  readonly pass: (ms: number) => Promise<void>;
  readonly settle: () => Promise<void>;
}

/** Makes cases of functions: each gets a subject of its own, which is closed when it is over. */
export function casesOf<Store>(
  create: CreateSubject<Store>,
  cases: Readonly<Record<string, (bench: Bench<Store>) => Promise<void>>>,
): ContractCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const subject = await create();
      const { nodes, toleranceMs = 0 } = subject;
      try {
        await check({
          store: nodes[0],
          other: nodes.at(-1) ?? nodes[0],
          toleranceMs,
          pass: async (ms) => subject.pass(ms),
          settle: async () => subject.settle?.(),
        });
      } finally {
        await subject.close?.();
      }
    },
  }));
}
