import { securedEnvironment } from '../../peers/limits.js';
import { NodeProcess } from '../../processes/node-process.js';
import { RedisProcess } from '../../processes/redis-process.js';
import { Relay } from '../../processes/relay.js';

// A first beat has introduced the nodes to each other after this time.
const SETTLE_MS = 1500;
/** So many nodes are started at the same time. */
const STARTING = 3;
/** Limits that nobody reaches, unless a part sets them. */
const DEFAULTS = { WS_RATE_LIMIT: '100000', WS_RATE_TTL_MS: '60000', WS_HEARTBEAT_INTERVAL_MS: '3600000' };

export interface FleetOptions {
  readonly nodes: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether nothing happens to Redis, so that nodes that took it for away are worth a note. */
  readonly isUndisturbed?: boolean;
  /** The nodes from this number on reach Redis through a relay of their own. */
  readonly relayedFrom?: number;
}

/** Suits several parts. Of a variable that they set differently, it has what the last one sets. */
export function joined(all: readonly FleetOptions[]): FleetOptions {
  return {
    nodes: Math.max(...all.map(({ nodes }) => nodes)),
    env: Object.assign({}, ...all.map(({ env }) => env)) as Record<string, string>,
    isUndisturbed: all.every(({ isUndisturbed }) => isUndisturbed),
    relayedFrom: Math.min(...all.map(({ relayedFrom = Infinity }) => relayedFrom)),
  };
}

/** Nodes of one service over a Redis of their own. */
export class Fleet {
  private constructor(
    readonly redis: RedisProcess,
    readonly nodes: readonly NodeProcess[],
    /** By node. */
    readonly relays: readonly (Relay | undefined)[],
  ) {}

  static async start({ nodes: count, env = {}, relayedFrom = Infinity }: FleetOptions): Promise<Fleet> {
    const redis = await RedisProcess.start();
    const relays: (Relay | undefined)[] = [];
    const urls = Array.from({ length: count }, () => redis.url);
    for (let index = relayedFrom; index < count; index++) {
      const relay = await Relay.start(redis.port);
      relays[index] = relay;
      urls[index] = relay.url;
    }
    const secured = await securedEnvironment();
    const nodes: NodeProcess[] = [];
    for (let first = 0; first < count; first += STARTING) {
      const some = urls.slice(first, first + STARTING).map((url, index) => {
        const all = { ...secured, ...DEFAULTS, ...env, WS_REDIS_URL: url };
        return NodeProcess.start(`node ${first + index}`, all);
      });
      nodes.push(...(await Promise.all(some)));
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return new Fleet(redis, nodes, relays);
  }

  get ports(): number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** Only the first ones of its nodes. */
  first(count: number): Fleet {
    return new Fleet(this.redis, this.nodes.slice(0, count), this.relays.slice(0, count));
  }

  async stop(): Promise<void> {
    this.redis.thaw();
    await Promise.all(this.nodes.map((node) => node.stop()));
    for (const relay of this.relays) await relay?.stop();
    await this.redis.stop();
  }
}

/** Starts a fleet for the time of some work. */
export async function withFleet(
  options: FleetOptions,
  note: (text: string) => void,
  work: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const fleet = await Fleet.start(options);
  try {
    await work(fleet);
    if (options.isUndisturbed) await noteOutages(fleet, note);
  } finally {
    await fleet.stop();
  }
}

async function noteOutages({ nodes }: Fleet, note: (text: string) => void): Promise<void> {
  const told = await Promise.all(nodes.map((node) => node.told()));
  const count = told.flat().filter(({ type }) => type === 'cluster.down').length;
  if (count > 0)
    note(`nodes took Redis for away ${count} times, though nothing happened to it: the machine was too busy`);
}

/** CPU microseconds of several nodes together. */
export async function cpuOf(nodes: readonly NodeProcess[]): Promise<number> {
  const all = await Promise.all(nodes.map((node) => node.cpu()));
  return all.reduce((sum, cpu) => sum + cpu, 0);
}
