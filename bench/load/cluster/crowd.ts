import { DIALECTS } from '../dialect.js';
import { RawConnection, RefusedError } from '../raw-connection.js';
import { mintToken } from '../tokens.js';

export interface CrowdOrder {
  readonly user: string;
  readonly ports: readonly number[];
  readonly count: number;
}

export interface CrowdResult {
  readonly accepted: number;
  /** The number of refusals by status. */
  readonly refused: Readonly<Record<number, number>>;
}

/** One user connects many times at once, in turns to each node, and stays until all were answered. */
export async function crowd({ user, ports, count }: CrowdOrder): Promise<CrowdResult> {
  const handshake = DIALECTS.nest.handshake(mintToken(user));
  const refused: Record<number, number> = {};
  const all = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      try {
        return await RawConnection.open({ port: ports[n % ports.length] as number, ...handshake });
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        refused[error.status] = (refused[error.status] ?? 0) + 1;
        return undefined;
      }
    }),
  );
  const open = all.filter((connection) => connection !== undefined && !connection.isClosed);
  for (const connection of open) connection?.destroy();
  return { accepted: open.length, refused };
}
