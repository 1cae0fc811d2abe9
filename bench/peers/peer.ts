import type { ServerProcess } from '../processes/server-process.js';
import type { DialectName } from '../load/dialect.js';

/** What a peer does against a client that does what it may not; what is left out it does not do. */
export interface Protection {
  /** The status of a handshake without a token; `late` when it is refused after 101. */
  readonly withoutToken: number | 'late';
  /** Codes of the error frames; `undefined` for any error frame. */
  readonly codes: { readonly role?: string; readonly validation?: string; readonly limit?: string };
}

export interface Peer {
  readonly label: string;
  readonly dialect: DialectName;
  readonly protection?: Protection;
  readonly broadcasts?: boolean;
  /** Whether its memory is of interest, and can be asked for. */
  readonly weighed?: boolean;
  /** Whether a batch of what it does not serve leaves its connections open. */
  readonly survivesGarbage?: boolean;
  /** Why it cannot be measured here; undefined when it can. */
  unavailable?(): string | undefined;
  start(execArgv: readonly string[]): Promise<ServerProcess>;
}
