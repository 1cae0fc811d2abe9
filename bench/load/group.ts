import { DIALECTS, type DialectName } from './dialect.js';
import { RawConnection } from './raw-connection.js';
import { sourceOf } from './sources.js';
import type { Target } from './target.js';
import { mintToken } from './tokens.js';

const AT_ONCE = 64;

export interface OpenOrder extends Target {
  readonly dialect: DialectName;
  readonly count: number;
  /** Whether the connections come from several addresses. */
  readonly spread: boolean;
  /** The number of the first user. Default: 0 */
  readonly first?: number;
  /** Gets every text of every connection. */
  readonly onText?: (text: string, user: number) => void;
}

/** Opens connections, each with its own user, a limited number at the same time. */
export async function openGroup(order: OpenOrder): Promise<RawConnection[]> {
  const { port, tls, dialect, count, spread, first = 0, onText } = order;
  const connections: RawConnection[] = [];
  let next = 0;
  const failed = new AbortController();
  const lane = async (): Promise<void> => {
    while (next < count && !failed.signal.aborted) {
      const index = first + next++;
      const parts = DIALECTS[dialect].handshake(mintToken(`user-${index}`));
      const source = spread ? sourceOf(index) : undefined;
      const connection = await RawConnection.open({
        port,
        tls,
        source,
        ...parts,
        onText: onText && ((text) => onText(text, index)),
      });
      if (failed.signal.aborted) connection.destroy();
      else connections.push(connection);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
  } catch (error) {
    failed.abort();
    closeGroup(connections);
    throw new Error(`connection ${connections.length + 1} of ${count} was not accepted`, { cause: error });
  }
  return connections;
}

export function closeGroup(connections: readonly RawConnection[]): void {
  for (const connection of connections) connection.destroy();
}
