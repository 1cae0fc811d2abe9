import type { NodesAnswered } from './nodes-answered.interface.js';

/** Every write says why. @publicApi */
export interface NotedRequest {
  /** Written into the security event: 1 to 500 characters, not only spaces. */
  readonly note: string;
}

/** The close codes of `POST …/disconnect`. @publicApi */
export type DisconnectCode = 1012 | 4401 | 4403 | 4440;

/** The body of `POST /connections/:id/disconnect`. @publicApi */
export interface DisconnectRequest extends NotedRequest {
  /**
   * 4403, the default: the client does not come back by itself. 4401: not without a new credential. 4440: it
   * authenticates again. 1012: it reconnects after a random delay.
   */
  readonly code?: DisconnectCode;
  /** Sent to the client: at most 123 bytes. Default: `disconnected`. */
  readonly reason?: string;
}

/** The body of `POST /users/disconnect`. @publicApi */
export interface DisconnectUserRequest extends DisconnectRequest {
  readonly user: string;
  /** Null for users without an issuer. If it is omitted, users of any issuer match. */
  readonly issuer?: string | null;
}

/** The body of `POST /drain`. @publicApi */
export interface DrainRequest extends NotedRequest {
  /** The id of the node, from `GET /overview`. */
  readonly node: string;
  /** How many of its connections reconnect: 1 to 100. */
  readonly percent: number;
}

/** The answer to every write, and to its dry run. @publicApi */
export interface WriteAnswer {
  readonly nodes: NodesAnswered;
  /** True if nothing was done. */
  readonly isDryRun: boolean;
  /** The connections that were closed, or that would be. */
  readonly reached: number;
  /** True, with status 202, if it is not stored yet or still going on. */
  readonly isPending: boolean;
}
