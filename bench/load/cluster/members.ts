import { monotonic } from '../../processes/monotonic.js';
import { DIALECTS } from '../dialect.js';
import { RawConnection } from '../raw-connection.js';
import { mintToken } from '../tokens.js';

const JOIN = DIALECTS.nest.message('join');

export interface MembersResult {
  /** Milliseconds from each push to its arrival, of all members. */
  readonly latencies: number[];
  /** Pushes that a member got out of order, twice or not at all. */
  readonly wrong: number;
}

interface Pushed {
  readonly event: string;
  readonly data: { readonly n: number; readonly at: number };
}

/** A member of the room on each node, and when pushes reach them. */
export class Members {
  /** How many pushes have arrived. */
  reached = 0;
  private latencies: number[] = [];
  private wrong = 0;
  private connections: RawConnection[] = [];

  async join(ports: readonly number[]): Promise<void> {
    this.connections = await Promise.all(ports.map((port, index) => this.open(port, index)));
  }

  /** What came since the last time. */
  take(): MembersResult {
    const { latencies, wrong } = this;
    this.latencies = [];
    this.wrong = 0;
    return { latencies, wrong };
  }

  leave(): void {
    for (const connection of this.connections) connection.destroy();
  }

  private async open(port: number, index: number): Promise<RawConnection> {
    let last: number | undefined;
    const connection = await RawConnection.open({
      port,
      ...DIALECTS.nest.handshake(mintToken(`member-${index}`)),
      onText: (text) => {
        const { event, data } = JSON.parse(text) as Pushed;
        if (event !== 'push') return;
        this.reached++;
        this.latencies.push(monotonic() - data.at);
        if (last !== undefined && data.n !== last + 1) this.wrong++;
        last = data.n;
      },
    });
    const answer = await connection.ask(JOIN);
    if (!answer?.includes('"joined":true')) throw new Error(`a member cannot join: ${answer ?? 'silence'}`);
    return connection;
  }
}
