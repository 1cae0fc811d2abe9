import { eventually } from './redis-cluster.js';
import { RedisServer, type RedisServerOptions } from './redis-server.js';

/** How Sentinels call the master. */
const NAME = 'main';

const AS_USUAL = ['INFO-PERIOD', 10_000, 'PUBLISH-PERIOD', 2000];
const QUICKLY = ['INFO-PERIOD', 200, 'PUBLISH-PERIOD', 100];

/** A master, a replica, and three Sentinels that watch them. */
export class RedisSentinels {
  private constructor(
    readonly servers: readonly [RedisServer, RedisServer],
    readonly sentinels: readonly RedisServer[],
  ) {}

  /** @param hasOwnClock whether the clocks of master and replica can be set */
  static async start({ hasOwnClock = false } = {}): Promise<RedisSentinels> {
    const started: RedisServer[] = [];
    const start = async (options: RedisServerOptions): Promise<RedisServer> => {
      const server = await RedisServer.start(options);
      started.push(server);
      return server;
    };
    try {
      return await RedisSentinels.startAll(start, hasOwnClock);
    } catch (error) {
      await Promise.all(started.map((server) => server.stop()));
      throw error;
    }
  }

  get url(): string {
    return this.urlWith();
  }

  /** @param others addresses of Sentinels that are asked as well */
  urlWith(...others: string[]): string {
    const hosts = [...others, ...this.sentinels.map(({ port }) => `127.0.0.1:${port}`)];
    return `redis+sentinel://${hosts.join(',')}/${NAME}`;
  }

  /** The server that is master, as most Sentinels know. */
  async master(): Promise<RedisServer> {
    const ports = await Promise.all(
      this.sentinels.map(async (sentinel) => {
        const address = await sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
        return Number((address as [string, string])[1]);
      }),
    );
    const [one] = ports.toSorted((a, b) => a - b).slice(1);
    return this.servers.find(({ port }) => port === one) as RedisServer;
  }

  /** The other server. */
  async replica(): Promise<RedisServer> {
    const master = await this.master();
    return this.servers.find((server) => server !== master) as RedisServer;
  }

  /** Lets the Sentinels make the replica master. Resolves when it has begun. */
  async failover(): Promise<void> {
    await this.sentinels[0]?.command('SENTINEL', 'FAILOVER', NAME);
  }

  /** Resolves when the Sentinels agree about a master that has a replica in step, so that a failover can begin. */
  async settled(): Promise<void> {
    await this.ask(QUICKLY);
    await eventually(() => this.isSettled());
    await this.ask(AS_USUAL);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
  }

  private async isSettled(): Promise<boolean> {
    const infos = await Promise.all(this.sentinels.map((sentinel) => sentinel.command('INFO', 'sentinel')));
    const master = await this.master();
    const isKnown = infos.every((info) =>
      String(info).includes(`status=ok,address=127.0.0.1:${master.port},slaves=1,sentinels=3`),
    );
    const details = await this.sentinels[0]?.command('SENTINEL', 'REPLICAS', NAME);
    const replica = await (await this.replica()).command('INFO', 'replication');
    return (
      isKnown &&
      String(details).includes('master-link-status,ok') &&
      String(replica).includes('master_link_status:up') &&
      String(replica).includes(`master_port:${master.port}`)
    );
  }

  /** How often Sentinels ask servers and tell each other. Those before Redis 7 cannot be told, and take longer. */
  private async ask(periods: readonly (string | number)[]): Promise<void> {
    const told = this.sentinels.map((sentinel) => sentinel.command('SENTINEL', 'DEBUG', ...periods));
    await Promise.allSettled(told);
  }

  private static async startAll(
    start: (options: RedisServerOptions) => Promise<RedisServer>,
    hasOwnClock: boolean,
  ): Promise<RedisSentinels> {
    const quick = ['--repl-diskless-sync-delay', '0'];
    const master = await start({ args: quick, hasOwnClock });
    const args = ['--replicaof', '127.0.0.1', String(master.port), ...quick];
    const replica = await start({ args, hasOwnClock });
    const config = [
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 2`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 2000`,
    ];
    const sentinels = await Promise.all([1, 2, 3].map(() => start({ program: 'redis-sentinel', config })));
    const all = new RedisSentinels([master, replica], sentinels);
    await all.settled();
    return all;
  }
}
