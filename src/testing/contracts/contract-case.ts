import type { MaybePromise } from '../../time/maybe-promise.js';

/** One requirement for the implementations of a store. @publicApi */
export interface ContractCase {
  readonly name: string;
  /** Rejects with an `AssertionError` if the implementation violates the requirement. */
  readonly run: () => Promise<void>;
}

/** An implementation under test. Each case creates its own. @publicApi */
export interface ContractSubject<Store> {
  /** The store, or one instance per node with shared state. A case uses the first and the last one. */
  readonly nodes: readonly [Store, ...Store[]];
  /** Lets time pass, in milliseconds: advances the clock of the store, or waits. */
  pass(ms: number): MaybePromise<void>;
  /** The tolerance for times in milliseconds; 0 if `pass` advances the clock of the store. */
  readonly toleranceMs?: number;
  /** Monotonic milliseconds where `pass` sets a clock ahead that goes on by itself, too; left out otherwise. */
  now?(): number;
  /** Resolves when changes on one node are known on all nodes. */
  settle?(): MaybePromise<void>;
  /** Releases the resources of the subject. */
  close?(): MaybePromise<void>;
}

/** Creates the implementation for one case. @publicApi */
export type CreateSubject<Store> = () => MaybePromise<ContractSubject<Store>>;

/** The subject of a case, with defaults. */
export interface Bench<Store> {
  /** The store on the first node. */
  readonly store: Store;
  /** The store on the last node, which is the first one if there is only one. */
  readonly other: Store;
  readonly toleranceMs: number;
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  readonly settle: () => Promise<void>;
}

/** Creates cases from functions. Each gets its own subject, which is closed afterwards. */
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
          now: () => subject.now?.() ?? performance.now(),
          pass: async (ms) => subject.pass(ms),
          settle: async () => subject.settle?.(),
        });
      } finally {
        await subject.close?.();
      }
    },
  }));
}
