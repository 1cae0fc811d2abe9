import { DIALECTS } from '../dialect.js';
import { clientFrame } from '../frames.js';
import { RawConnection } from '../raw-connection.js';
import { mintToken } from '../tokens.js';
import { paced } from './paced.js';

export interface Flooder {
  readonly user: string;
  readonly ports: readonly number[];
  /** Messages are of an event that is picked at random. */
  readonly events: readonly string[];
  /** Messages a second on all nodes together. */
  readonly perSecond: number;
}

export interface FloodOrder {
  readonly flooders: readonly Flooder[];
  readonly durationMs: number;
}

/** Users that send far more than their limit, on several nodes at the same time. @returns the messages sent */
export async function flood({ flooders, durationMs }: FloodOrder): Promise<number> {
  const sent = await Promise.all(
    flooders.map(async ({ user, ports, events, perSecond }) => {
      const handshake = DIALECTS.nest.handshake(mintToken(user));
      const lines = await Promise.all(ports.map((port) => RawConnection.open({ port, ...handshake })));
      const frames = events.map((event) => clientFrame(DIALECTS.nest.message(event)));
      const count = await paced(perSecond, durationMs, () => pick(lines).write(pick(frames)));
      const closed = lines.filter(({ isClosed }) => isClosed).length;
      if (closed > 0) throw new Error(`${closed} connections of ${user} were closed`);
      for (const line of lines) line.destroy();
      return count;
    }),
  );
  return sent.reduce((sum, count) => sum + count, 0);
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(Math.random() * list.length)] as T;
}
