import { freePort, RedisServer } from './redis-server.js';

const SLOTS = 16_384;

interface Member {
  readonly server: RedisServer;
  readonly busPort: number;
}

/** Three masters, of which the first has a replica. */
export class RedisCluster {
  private constructor(
    readonly masters: readonly RedisServer[],
    readonly replica: RedisServer,
  ) {}

  static async start(): Promise<RedisCluster> {
    const members = await Promise.all(Array.from({ length: 4 }, startMember));
    const [first, ...others] = members as [Member, Member, Member, Member];
    const masters = members.slice(0, 3).map(({ server }) => server);
    await Promise.all(
      masters.map((server, index) => server.command('CLUSTER', 'ADDSLOTSRANGE', ...range(index))),
    );
    for (const { server, busPort } of others)
      await first.server.command('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
    const replica = others[2].server;
    const id = String(await first.server.command('CLUSTER', 'MYID'));
    await eventually(async () => String(await replica.command('CLUSTER', 'NODES')).includes(id));
    await eventually(async () => (await replica.command('CLUSTER', 'REPLICATE', id)) === 'OK');
    for (const { server } of members)
      await eventually(async () => {
        const info = String(await server.command('CLUSTER', 'INFO'));
        return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4');
      });
    await eventually(async () =>
      String(await replica.command('INFO', 'replication')).includes('master_link_status:up'),
    );
    return new RedisCluster(masters, replica);
  }

  get url(): string {
    return `redis+cluster://${this.masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.masters, this.replica].map((server) => server.stop()));
  }
}

async function startMember(): Promise<Member> {
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
  return { server: await RedisServer.start({ args }), busPort };
}

function range(index: number): [number, number] {
  return [Math.ceil((index * SLOTS) / 3), Math.ceil(((index + 1) * SLOTS) / 3) - 1];
}

/** Asks until the answer is yes; one that fails is a no. */
export async function eventually(condition: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
