import { setTimeout as delay } from 'node:timers/promises';
import { DIALECTS, upgradeRequest } from '../dialect.js';
import { clientFrame } from '../frames.js';
import { RawConnection } from '../raw-connection.js';
import { mintToken } from '../tokens.js';

const PROTOCOL = 'ws-security.v1';
const PATIENCE_MS = 5000;

export interface MoveOrder {
  readonly ports: readonly number[];
  readonly clients: number;
  /** Moves of each client. */
  readonly moves: number;
  /** The longest time between two moves of a client, in milliseconds. */
  readonly everyMs: number;
}

export interface MoveResult {
  readonly moves: number;
  /** Moves after which the client was told that its session is a new one. */
  readonly notRecovered: number;
  readonly pushes: number;
  readonly lost: number;
  readonly doubled: number;
}

interface Frame {
  readonly event: string;
  readonly data?: {
    readonly resume?: { token: string; recovered: boolean };
    readonly n?: number;
    readonly joined?: boolean;
  };
  readonly seq?: number;
}

/** Clients that leave their node without a word, again and again, and resume their session on the next one. */
export async function moveAround({ ports, clients, moves, everyMs }: MoveOrder): Promise<MoveResult> {
  const movers = await Promise.all(
    Array.from({ length: clients }, (_, index) => Mover.start(ports, `mover-${index}`, index)),
  );
  await Promise.all(movers.map((mover) => mover.run(moves, everyMs)));
  const last = Math.max(...movers.map(({ last: n }) => n));
  await Promise.all(movers.map((mover) => mover.until(() => mover.last >= last)));
  for (const mover of movers) mover.stop();
  const sum = (of: (mover: Mover) => number): number => movers.reduce((all, mover) => all + of(mover), 0);
  return {
    moves: clients * moves,
    notRecovered: sum(({ notRecovered }) => notRecovered),
    pushes: sum(({ pushes }) => pushes),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
  };
}

class Mover {
  notRecovered = 0;
  pushes = 0;
  lost = 0;
  doubled = 0;
  /** The number of the latest push. */
  last = 0;
  private seq = 0;
  private token = '';
  private isJoined = false;
  private hasSession = false;
  private connection: RawConnection | undefined;

  private constructor(
    private readonly ports: readonly number[],
    private readonly user: string,
    private at: number,
  ) {}

  static async start(ports: readonly number[], user: string, at: number): Promise<Mover> {
    const mover = new Mover(ports, user, at);
    await mover.connect([PROTOCOL]);
    mover.connection?.write(clientFrame(DIALECTS.nest.message('join')));
    await mover.until(() => mover.isJoined);
    return mover;
  }

  async run(moves: number, everyMs: number): Promise<void> {
    for (let n = 0; n < moves; n++) {
      await delay(Math.random() * everyMs);
      this.connection?.destroy();
      this.at++;
      await this.connect([PROTOCOL, `resume.${this.token}.${this.seq}`]);
    }
  }

  async until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!isSo() && performance.now() < deadline) await delay(5);
  }

  stop(): void {
    this.connection?.destroy();
  }

  private async connect(protocols: readonly string[]): Promise<void> {
    this.hasSession = false;
    const connection: RawConnection = await RawConnection.open({
      port: this.ports[this.at % this.ports.length] as number,
      request: upgradeRequest('/ws', mintToken(this.user), protocols),
      onText: (text) => this.hear(JSON.parse(text) as Frame, protocols.length > 1),
    });
    this.connection = connection;
    await this.until(() => this.hasSession);
    if (!this.hasSession) throw new Error(`${this.user} was not told its session`);
  }

  private hear({ event, data, seq }: Frame, isMove: boolean): void {
    if (event === 'session' && data?.resume) {
      this.token = data.resume.token;
      this.hasSession = true;
      if (!isMove || data.resume.recovered) return;
      this.notRecovered++;
      this.seq = 0;
    } else if (event === 'push' && data?.n !== undefined) {
      this.seq = seq as number;
      this.pushes++;
      if (data.n <= this.last) this.doubled++;
      else if (this.last > 0) this.lost += data.n - this.last - 1;
      this.last = Math.max(this.last, data.n);
    } else if (data?.joined) this.isJoined = true;
  }
}
