const LOADS = [
  { connections: 1, window: 8 },
  { connections: 100, window: 8 },
  { connections: 1000, window: 8 },
  // One message at a time, so that a server cannot answer several frames of one read together.
  { connections: 100, window: 1 },
];

/** The size of a run. Times are in milliseconds. */
export interface Scale {
  readonly rounds: number;
  readonly echo: {
    /** Numbers of connections and of unanswered messages on each. */
    readonly loads: readonly { readonly connections: number; readonly window: number }[];
    readonly warmUpMs: number;
    readonly durationMs: number;
  };
  readonly handshakes: {
    readonly concurrency: number;
    readonly warmUpMs: number;
    readonly durationMs: number;
  };
  readonly memory: { readonly connections: number; readonly rounds: number };
  readonly broadcast: { readonly receivers: number; readonly times: number };
  readonly refused: { readonly connections: number; readonly warmUpMs: number; readonly durationMs: number };
  readonly attack: {
    readonly victims: number;
    readonly everyMs: number;
    readonly durationMs: number;
    readonly framesPerSecond: number;
    readonly handshakesPerSecond: number;
  };
  /** Whether the figures are precise enough to be compared with the goals. */
  readonly judges: boolean;
  /** The time limit of the run. */
  readonly deadlineMs: number;
}

export const FULL: Scale = {
  rounds: 5,
  echo: { loads: LOADS, warmUpMs: 300, durationMs: 1000 },
  handshakes: { concurrency: 32, warmUpMs: 200, durationMs: 800 },
  memory: { connections: 15_000, rounds: 2 },
  broadcast: { receivers: 5000, times: 20 },
  refused: { connections: 20, warmUpMs: 150, durationMs: 600 },
  attack: { victims: 20, everyMs: 10, durationMs: 1500, framesPerSecond: 5000, handshakesPerSecond: 200 },
  judges: true,
  deadlineMs: 900_000,
};

export const QUICK: Scale = {
  rounds: 1,
  echo: { loads: LOADS, warmUpMs: 200, durationMs: 400 },
  handshakes: { concurrency: 32, warmUpMs: 100, durationMs: 300 },
  memory: { connections: 2000, rounds: 1 },
  broadcast: { receivers: 1000, times: 20 },
  refused: { connections: 20, warmUpMs: 100, durationMs: 250 },
  attack: { victims: 20, everyMs: 10, durationMs: 500, framesPerSecond: 5000, handshakesPerSecond: 200 },
  judges: true,
  deadlineMs: 120_000,
};

/** A few hundred messages, to see whether the benchmark works. */
export const SMOKE: Scale = {
  rounds: 1,
  echo: { loads: [{ connections: 5, window: 8 }], warmUpMs: 10, durationMs: 30 },
  handshakes: { concurrency: 2, warmUpMs: 10, durationMs: 30 },
  memory: { connections: 50, rounds: 1 },
  broadcast: { receivers: 20, times: 3 },
  refused: { connections: 2, warmUpMs: 10, durationMs: 30 },
  attack: { victims: 2, everyMs: 10, durationMs: 100, framesPerSecond: 500, handshakesPerSecond: 50 },
  judges: false,
  deadlineMs: 240_000,
};
