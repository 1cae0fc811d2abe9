import type { NodesAnswered } from './nodes-answered.interface.js';

/** A frequent value. In floods of many values, a count can be too high. @publicApi */
export interface TopEntry {
  readonly value: string;
  readonly count: number;
}

/** The refusals with one code. @publicApi */
export interface RefusalCount {
  /** `login` is a credential in a message or in an HTTP request. */
  readonly stage: 'handshake' | 'login' | 'message';
  readonly code: string;
  readonly count: number;
  /** The count of each step, the oldest first. */
  readonly perStep: readonly number[];
  /** The most frequent addresses, at most 10. */
  readonly addresses: readonly TopEntry[];
  /** The most frequent paths, at most 10. */
  readonly paths: readonly TopEntry[];
}

/** The answer of `GET /refusals`. The most frequent codes come first. @publicApi */
export interface RefusalsAnswer {
  readonly nodes: NodesAnswered;
  /** Epoch milliseconds when the first step begins. */
  readonly from: number;
  /** Milliseconds: one minute. */
  readonly stepMs: number;
  readonly steps: number;
  readonly codes: readonly RefusalCount[];
}
