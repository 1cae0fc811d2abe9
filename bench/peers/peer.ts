import type { ServerProcess } from '../processes/server-process.js';
import type { DialectName } from '../load/dialect.js';

/** How a server refuses a client. Missing members mean that it does not refuse. */
export interface Protection {
  /** The status of a handshake without a token, or `late` when it is refused after 101. */
  readonly withoutToken: number | 'late';
  /** Codes of the error frames. `undefined` matches any error frame. */
  readonly codes: { readonly role?: string; readonly validation?: string; readonly limit?: string };
}

export interface StartOptions {
  readonly execArgv?: readonly string[];
  /** Variables besides those of the benchmark, for example those of TLS. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly label: string;
  readonly dialect: DialectName;
  readonly protection?: Protection;
  readonly broadcasts?: boolean;
  /** Whether a run with and without TLS measures it over TLS too. */
  readonly overTls?: boolean;
  /** Whether its memory is measured. */
  readonly weighed?: boolean;
  /** Whether it sends its clients away before it ends. */
  readonly drains?: boolean;
  /** Whether its connections stay open after a batch of refused frames. */
  readonly survivesGarbage?: boolean;
  /** Why it cannot be measured here, or undefined when it can. */
  unavailable?(): string | undefined;
  start(options?: StartOptions): Promise<ServerProcess>;
}
