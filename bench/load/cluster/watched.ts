import { monotonic } from '../../processes/monotonic.js';
import { DIALECTS } from '../dialect.js';
import { RawConnection } from '../raw-connection.js';
import { mintToken } from '../tokens.js';

const PATIENCE_MS = 10_000;

export interface WatchOrder {
  readonly port: number;
  readonly user: string;
}

let closedAt: Promise<number> = Promise.resolve(NaN);

/** Connects a user, whose end `whenClosed()` waits for. */
export async function watch({ port, user }: WatchOrder): Promise<void> {
  const connection = await RawConnection.open({ port, ...DIALECTS.nest.handshake(mintToken(user)) });
  closedAt = new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(Infinity);
      connection.destroy();
    }, PATIENCE_MS);
    connection.onClose = () => {
      clearTimeout(timer);
      resolve(monotonic());
    };
  });
}

/** The monotonic time at which the server closed the connection; infinite when it did not. */
export function whenClosed(): Promise<number> {
  return closedAt;
}
