import { Random } from '../../redis/model/random.js';
import { post } from '../sign-in.js';
import { RedisServer } from '../redis-server.js';
import { mintToken, SECRET } from '../tokens.js';
import { FaultLog, textOf } from './fault-log.js';
import { Peer, type PeerOptions } from './peer.js';
import { ServiceNode } from './service-node.js';

export interface FaultRules {
  readonly seed: number;
  readonly nodes: number;
  readonly outage: 'deny' | 'local';
  readonly limits: 'leased' | 'exact';
}

/** Messages of a user in a window of so many milliseconds. */
export const LIMIT = 60;
export const WINDOW_MS = 2000;
/** Connections of a user. */
export const CAP = 6;
export const NODE_TTL_MS = 3000;
/** `WS_REDIS_STALE_MS` */
export const STALE_MS = 2000;

/** Longer than any call, drain or new line takes. */
const HANG_MS = 12_000;
const POST_MS = 6000;
const MOST_TOLD = 30;
const UNLIMITED = '10000000';

/** Nodes of one service over one Redis, what was done to them, and what they did wrong. */
export class FaultWorld {
  readonly log = new FaultLog();
  readonly violations: string[] = [];
  readonly nodes: ServiceNode[] = [];
  /** Nothing more is to be done to anybody. */
  areFaultsOver = false;
  /** Clients are not to begin anything new. */
  isOver = false;
  private readonly peers = new Set<readonly [Peer, node: number]>();

  private constructor(
    readonly rules: FaultRules,
    readonly redis: RedisServer,
  ) {}

  static async start(rules: FaultRules): Promise<FaultWorld> {
    const world = new FaultWorld(rules, await RedisServer.start());
    const starts = Array.from({ length: rules.nodes }, (_, index) => world.startNode(index));
    world.nodes.push(...(await Promise.all(starts)));
    return world;
  }

  /** Numbers of its own for each part, so that they do not depend on how fast others are. */
  random(part: number): Random {
    return new Random(this.rules.seed * 1000 + part);
  }

  /** @param from since when faults may have to do with it; they are told, too */
  violation(text: string, from = performance.now() - 3000, to = performance.now()): void {
    if (this.violations.length >= MOST_TOLD) return;
    const faults = this.log.during(from - 2000, to).map(textOf);
    this.violations.push(`${text}; ${[`seen at ${performance.now().toFixed(0)} ms`, ...faults].join(', ')}`);
  }

  /** A client of one node. @returns the status of a refusal; 0 when there was no answer */
  async connect(node: number, { token, ...options }: PeerOptions, query = ''): Promise<Peer | number> {
    const { url } = this.nodes[node] as ServiceNode;
    if (url === undefined) return 0;
    const peer = await Peer.connect(`${url.replace('http', 'ws')}/ws${query}`, {
      ...options,
      ...(token !== undefined && { token }),
    });
    if (typeof peer === 'number') return peer;
    const entry = [peer, node] as const;
    this.peers.add(entry);
    void peer.closed.then(() => this.peers.delete(entry));
    return peer;
  }

  /** @returns the status, 0 without an answer, and the body */
  async post(
    node: number,
    path: string,
    body: unknown,
    token: string,
  ): Promise<[number, Record<string, unknown>]> {
    const { url } = this.nodes[node] as ServiceNode;
    if (url === undefined) return [0, {}];
    const none = { status: 0, body: {} };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof none>((resolve) => (timer = setTimeout(resolve, POST_MS, none)));
    const answer = await Promise.race([post(`${url}${path}`, body, token).catch(() => none), late]);
    clearTimeout(timer);
    return [answer.status, answer.body];
  }

  token(sub: string): Promise<string> {
    return mintToken({ sub });
  }

  administrator(): Promise<string> {
    return mintToken({ sub: 'root', roles: ['admin'] });
  }

  /** Tells of requests that no node answers, though it could. */
  findHangs(): void {
    const now = performance.now();
    for (const entry of this.peers) {
      const [peer, node] = entry;
      const { oldest } = peer;
      if (!oldest || now - oldest.sentAt < HANG_MS) continue;
      const isExcused =
        this.log.during(oldest.sentAt, now, ({ kind, node: whose }) => kind === 'suspended' && whose === node)
          .length > 0;
      if (isExcused) continue;
      this.peers.delete(entry);
      this.violation(`node ${node} did not answer "${oldest.event}" within ${HANG_MS} ms`);
    }
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    for (const [peer] of this.peers) peer.cut();
    for (const { index, faults } of this.nodes)
      for (const fault of faults) this.violation(`node ${index}: ${fault}`);
    this.redis.thaw();
    for (const node of this.nodes) node.wake();
    await Promise.all(this.nodes.map((node) => node.kill()));
    await Promise.all(this.nodes.map(({ relay }) => relay.stop()));
    await this.redis.stop();
  }

  private startNode(index: number): Promise<ServiceNode> {
    const { outage, limits } = this.rules;
    return ServiceNode.start(index, this.redis.port, {
      PLAIN_HTTP: '1',
      WS_JWT_SECRET: SECRET,
      WS_REDIS_OUTAGE: outage,
      WS_REDIS_LIMITS: limits,
      WS_REDIS_NODE_TTL_MS: String(NODE_TTL_MS),
      WS_REDIS_STALE_MS: String(STALE_MS),
      WS_RATE_LIMIT: String(LIMIT),
      WS_RATE_TTL_MS: String(WINDOW_MS),
      WS_MAX_CONNECTIONS_PER_USER: String(CAP),
      WS_RESUME: 'true',
      WS_DRAIN_TIMEOUT_MS: '2000',
      WS_DRAIN_INTERVAL_MS: '20',
      WS_FRAME_RATE: '5000',
      WS_FRAME_BURST: '5000',
      WS_STRIKE_LIMIT: UNLIMITED,
      WS_CONNECT_RATE_LIMIT: UNLIMITED,
      WS_AUTH_FAILURE_LIMIT: UNLIMITED,
    });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
