import { RedisServer } from './redis-server.js';
import { TcpRelay } from './tcp-relay.js';

/** One way: every answer takes more than half a second, twice the time that most calls have. */
const SLOW_MS = 260;

/** Redis on a way that all nodes of a test take, so that both can fail. */
export class FailingRedis {
  private constructor(
    readonly server: RedisServer,
    readonly relay: TcpRelay,
  ) {}

  static async start(): Promise<FailingRedis> {
    const server = await RedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] });
    return new FailingRedis(server, await TcpRelay.start(server.port));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.relay.port}`;
  }

  async stop(): Promise<void> {
    this.server.thaw();
    await this.relay.stop();
    await this.server.stop();
  }
}

export interface Outage {
  readonly name: string;
  begin(redis: FailingRedis): unknown;
  end(redis: FailingRedis): unknown;
  /** Whether calls wait for their deadline at first; otherwise they fail at once. */
  readonly hangs?: boolean;
  /** Whether Redis has forgotten everything when it ends. */
  readonly forgets?: boolean;
  /** Whether Redis answers, but not as it should. */
  readonly answers?: boolean;
}

/** Each way in which Redis can be away. */
export const OUTAGES: readonly Outage[] = [
  {
    name: 'is frozen',
    begin: ({ server }) => server.freeze(),
    end: ({ server }) => server.thaw(),
    hangs: true,
  },
  {
    name: 'is killed, and back with its memory',
    begin: async ({ server }) => {
      await server.snapshot();
      await server.kill();
    },
    end: ({ server }) => server.restart({ fromSnapshot: true }),
  },
  {
    name: 'is killed, and back without its memory',
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.restart(),
    forgets: true,
  },
  {
    name: 'takes half a second to answer',
    begin: ({ relay }) => (relay.delayMs = SLOW_MS),
    end: ({ relay }) => (relay.delayMs = 0),
    hangs: true,
    answers: true,
  },
  {
    name: 'is cut off',
    begin: ({ relay }) => {
      relay.isRefusing = true;
      relay.cut();
    },
    end: ({ relay }) => (relay.isRefusing = false),
  },
  {
    name: 'is silent, as nothing arrives on either side',
    begin: ({ relay }) => (relay.isSwallowing = true),
    end: ({ relay }) => (relay.isSwallowing = false),
    hangs: true,
  },
  {
    name: 'has no memory left',
    begin: ({ server }) => server.command('CONFIG', 'SET', 'maxmemory', '1'),
    end: ({ server }) => server.command('CONFIG', 'SET', 'maxmemory', '0'),
    answers: true,
  },
];
