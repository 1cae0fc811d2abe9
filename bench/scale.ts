/** Numbers of connections and of unanswered messages on each. */
export interface EchoLoad {
  readonly connections: number;
  readonly window: number;
  /** Whether it is measured only without TLS. */
  readonly isPlain?: boolean;
}

const LOADS: readonly EchoLoad[] = [
  // One message at a time, so that a server cannot answer several frames of one read together.
  { connections: 100, window: 1 },
  { connections: 100, window: 8 },
  { connections: 1, window: 8 },
  { connections: 1000, window: 8, isPlain: true },
];

/** What metrics cost is measured on the usual number of connections. */
const WATCHED_LOADS = LOADS.filter(({ connections }) => connections === 100);

/** The size of each part of the scenario `cluster`. Times are in milliseconds. */
export interface ClusterScale {
  readonly calls: {
    readonly users: number;
    readonly flows: readonly {
      readonly perSecond: number;
      readonly warmUpMs: number;
      readonly durationMs: number;
    }[];
    readonly floodMs: number;
  };
  readonly limit: { readonly nodeCounts: readonly number[]; readonly durationMs: number };
  readonly cpu: {
    /** Nodes with limits over Redis, and as many in memory. */
    readonly nodes: number;
    readonly users: number;
    readonly rates: readonly number[];
    readonly rounds: number;
    readonly warmUpMs: number;
    readonly durationMs: number;
  };
  readonly places: { readonly connects: number; readonly rounds: number };
  readonly revocation: {
    readonly times: number;
    /** How often the line becomes silent. */
    readonly silences: number;
  };
  readonly pushes: {
    readonly rates: readonly number[];
    readonly warmUpMs: number;
    readonly durationMs: number;
  };
  readonly moves: {
    readonly clients: number;
    readonly moves: number;
    readonly everyMs: number;
    readonly perSecond: number;
  };
  readonly outages: {
    readonly users: number;
    readonly perSecond: number;
    readonly pushesPerSecond: number;
    readonly warmUpMs: number;
    readonly beforeMs: number;
    readonly faultMs: number;
    readonly afterMs: number;
  };
}

/** The size of the scenario `reconnect`. Times are in milliseconds. */
export interface ReconnectScale {
  readonly clients: number;
  readonly rounds: number;
  /** Clients of the node that the others come to, and the interval of the messages of each. */
  readonly residents: number;
  readonly everyMs: number;
  /** How long the residents are alone, and how long they are watched from then on. */
  readonly quietMs: number;
  readonly watchMs: number;
}

/** The size of a run. Times are in milliseconds. */
export interface Scale {
  /** Whether scenarios, and parts of one, are measured with the same servers, to save their starts. */
  readonly sharesServers: boolean;
  readonly rounds: number;
  readonly echo: {
    readonly loads: readonly EchoLoad[];
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
  readonly metrics: {
    readonly loads: readonly EchoLoad[];
    /** How often a pair of servers is started. */
    readonly starts: number;
    /** The rounds of each pair and load. In a round each server is measured twice. */
    readonly rounds: number;
    readonly warmUpMs: number;
    readonly durationMs: number;
  };
  readonly reconnect: ReconnectScale;
  readonly cluster: ClusterScale;
  /** Whether the figures are precise enough to be compared with the goals. */
  readonly judges: boolean;
  /** The time limit of the run. */
  readonly deadlineMs: number;
}

const CLUSTER: ClusterScale = {
  calls: {
    users: 2000,
    flows: [
      { perSecond: 2000, warmUpMs: 62_000, durationMs: 10_000 },
      { perSecond: 10_000, warmUpMs: 2000, durationMs: 20_000 },
    ],
    floodMs: 15_000,
  },
  limit: { nodeCounts: [2, 3, 10], durationMs: 41_000 },
  cpu: { nodes: 2, users: 2000, rates: [2000, 10_000], rounds: 3, warmUpMs: 12_000, durationMs: 2500 },
  places: { connects: 1000, rounds: 3 },
  revocation: { times: 200, silences: 5 },
  pushes: { rates: [2000, 10_000], warmUpMs: 8000, durationMs: 4000 },
  moves: { clients: 10, moves: 30, everyMs: 400, perSecond: 2000 },
  outages: {
    users: 200,
    perSecond: 1000,
    pushesPerSecond: 200,
    warmUpMs: 5000,
    beforeMs: 2500,
    faultMs: 6000,
    afterMs: 3000,
  },
};

const QUICK_CLUSTER: ClusterScale = {
  calls: {
    users: 2000,
    flows: [
      { perSecond: 2000, warmUpMs: 3000, durationMs: 3000 },
      { perSecond: 10_000, warmUpMs: 1000, durationMs: 3000 },
    ],
    floodMs: 5000,
  },
  limit: { nodeCounts: [2, 3, 10], durationMs: 21_000 },
  cpu: { nodes: 2, users: 2000, rates: [10_000], rounds: 3, warmUpMs: 6000, durationMs: 2000 },
  places: { connects: 1000, rounds: 1 },
  revocation: { times: 50, silences: 2 },
  pushes: { rates: [2000], warmUpMs: 8000, durationMs: 2000 },
  moves: { clients: 10, moves: 10, everyMs: 200, perSecond: 2000 },
  outages: {
    users: 200,
    perSecond: 1000,
    pushesPerSecond: 200,
    warmUpMs: 3000,
    beforeMs: 1500,
    faultMs: 2500,
    afterMs: 1500,
  },
};

const SMOKE_CLUSTER: ClusterScale = {
  calls: {
    users: 20,
    flows: [{ perSecond: 200, warmUpMs: 100, durationMs: 200 }],
    floodMs: 200,
  },
  limit: { nodeCounts: [2], durationMs: 500 },
  cpu: { nodes: 1, users: 10, rates: [200], rounds: 1, warmUpMs: 100, durationMs: 200 },
  places: { connects: 120, rounds: 1 },
  revocation: { times: 3, silences: 1 },
  pushes: { rates: [200], warmUpMs: 100, durationMs: 200 },
  moves: { clients: 3, moves: 2, everyMs: 50, perSecond: 200 },
  outages: {
    users: 10,
    perSecond: 100,
    pushesPerSecond: 20,
    warmUpMs: 300,
    beforeMs: 300,
    faultMs: 1500,
    afterMs: 300,
  },
};

export const FULL: Scale = {
  sharesServers: false,
  rounds: 5,
  echo: { loads: LOADS, warmUpMs: 300, durationMs: 1000 },
  handshakes: { concurrency: 32, warmUpMs: 200, durationMs: 800 },
  memory: { connections: 15_000, rounds: 2 },
  broadcast: { receivers: 5000, times: 20 },
  refused: { connections: 20, warmUpMs: 150, durationMs: 600 },
  attack: { victims: 20, everyMs: 10, durationMs: 1500, framesPerSecond: 5000, handshakesPerSecond: 200 },
  metrics: { loads: WATCHED_LOADS, starts: 6, rounds: 6, warmUpMs: 100, durationMs: 1000 },
  reconnect: { clients: 5000, rounds: 3, residents: 500, everyMs: 500, quietMs: 2000, watchMs: 8000 },
  cluster: CLUSTER,
  judges: true,
  deadlineMs: 2_400_000,
};

export const QUICK: Scale = {
  sharesServers: false,
  rounds: 1,
  echo: { loads: LOADS, warmUpMs: 200, durationMs: 400 },
  handshakes: { concurrency: 32, warmUpMs: 100, durationMs: 300 },
  memory: { connections: 2000, rounds: 1 },
  broadcast: { receivers: 1000, times: 20 },
  refused: { connections: 20, warmUpMs: 100, durationMs: 250 },
  attack: { victims: 20, everyMs: 10, durationMs: 500, framesPerSecond: 5000, handshakesPerSecond: 200 },
  metrics: { loads: WATCHED_LOADS, starts: 2, rounds: 2, warmUpMs: 50, durationMs: 1000 },
  reconnect: { clients: 1000, rounds: 1, residents: 100, everyMs: 100, quietMs: 1000, watchMs: 5000 },
  cluster: QUICK_CLUSTER,
  judges: true,
  deadlineMs: 600_000,
};

/** A few hundred messages, to see whether the benchmark works. */
export const SMOKE: Scale = {
  sharesServers: true,
  rounds: 1,
  echo: { loads: [{ connections: 5, window: 8 }], warmUpMs: 10, durationMs: 30 },
  handshakes: { concurrency: 2, warmUpMs: 10, durationMs: 30 },
  memory: { connections: 10, rounds: 1 },
  broadcast: { receivers: 10, times: 3 },
  refused: { connections: 2, warmUpMs: 10, durationMs: 30 },
  attack: { victims: 2, everyMs: 10, durationMs: 100, framesPerSecond: 500, handshakesPerSecond: 50 },
  metrics: {
    loads: [{ connections: 5, window: 8 }],
    starts: 1,
    rounds: 1,
    warmUpMs: 10,
    durationMs: 30,
  },
  reconnect: { clients: 10, rounds: 1, residents: 5, everyMs: 50, quietMs: 100, watchMs: 500 },
  cluster: SMOKE_CLUSTER,
  judges: false,
  deadlineMs: 240_000,
};
