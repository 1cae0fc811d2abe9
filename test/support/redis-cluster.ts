import { freePort, RedisServer } from './redis-server.js';

const SLOTS = 16_384;
const MASTERS = 3;
const ALL_SLOTS = Array.from({ length: SLOTS }, (_, slot) => slot);

interface Member {
  readonly server: RedisServer;
  readonly busPort: number;
}

export interface RedisClusterOptions {
  /** How many of the three masters have a replica, the first ones first; 1 when left out. */
  replicas?: number;
  /** Whether the clocks of all servers can be set. No server is taken for dead meanwhile. */
  hasOwnClock?: boolean;
  /** The slots that it serves; all when left out. Each client reads all of them when it connects. */
  slots?: readonly number[];
}

/** Three masters, of which the first ones have a replica each. */
export class RedisCluster {
  private constructor(
    readonly masters: readonly RedisServer[],
    readonly replicas: readonly RedisServer[],
  ) {}

  static async start({
    replicas: count = 1,
    hasOwnClock = false,
    slots = ALL_SLOTS,
  }: RedisClusterOptions = {}): Promise<RedisCluster> {
    const members = await Promise.all(
      Array.from({ length: MASTERS + count }, () => startMember(hasOwnClock)),
    );
    const servers = members.map(({ server }) => server);
    const [masters, replicas] = [servers.slice(0, MASTERS), servers.slice(MASTERS)];
    const cluster = new RedisCluster(masters, replicas);
    try {
      await cluster.join(members, slots);
      if (hasOwnClock)
        for (const server of servers) await server.command('CONFIG', 'SET', 'cluster-node-timeout', 600_000);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get url(): string {
    return `redis+cluster://${this.masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  get servers(): readonly RedisServer[] {
    return [...this.masters, ...this.replicas];
  }

  /**
   * Gives a slot with all its keys to another master, as `redis-cli --cluster reshard` does.
   *
   * @param pauseMs how long each key takes
   */
  async moveSlot(slot: number, from: RedisServer, to: RedisServer, pauseMs = 0): Promise<void> {
    const [source, target] = await Promise.all([from, to].map((server) => server.command('CLUSTER', 'MYID')));
    await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(source));
    await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(target));
    for (;;) {
      const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
      if (keys.length === 0) break;
      await from.command('MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...keys);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    for (const server of [to, from]) await server.command('CLUSTER', 'SETSLOT', slot, 'NODE', String(target));
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private async join(members: readonly Member[], slots: readonly number[]): Promise<void> {
    const { masters, replicas } = this;
    const [first] = masters as [RedisServer];
    await Promise.all(
      masters.map((server, index) => server.command('CLUSTER', 'ADDSLOTS', ...slotsOf(index, slots))),
    );
    for (const { server, busPort } of members.slice(1))
      await first.command('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
    await Promise.all(
      replicas.map(async (replica, index) => {
        const id = String(await masters[index]?.command('CLUSTER', 'MYID'));
        await eventually(async () => String(await replica.command('CLUSTER', 'NODES')).includes(id));
        await eventually(async () => (await replica.command('CLUSTER', 'REPLICATE', id)) === 'OK');
      }),
    );
    for (const server of this.servers)
      await eventually(async () => {
        const info = String(await server.command('CLUSTER', 'INFO'));
        return (
          info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.servers.length}\r`)
        );
      });
    for (const replica of replicas) await eventually(() => isInStep(replica));
  }
}

/** Whether a replica has a line to its master, and all it had. */
async function isInStep(replica: RedisServer): Promise<boolean> {
  return String(await replica.command('INFO', 'replication')).includes('master_link_status:up');
}

async function startMember(hasOwnClock: boolean): Promise<Member> {
  const busPort = await freePort();
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    String(busPort),
    '--cluster-node-timeout',
    '1000',
  ];
  args.push('--cluster-require-full-coverage', 'no', '--cluster-replica-validity-factor', '0');
  args.push('--repl-diskless-sync-delay', '0');
  return { server: await RedisServer.start({ args, hasOwnClock }), busPort };
}

function slotsOf(master: number, slots: readonly number[]): readonly number[] {
  return slots.filter((slot) => Math.floor((slot * MASTERS) / SLOTS) === master);
}

/** Asks until the answer is yes; one that fails is a no. */
export async function eventually(condition: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
