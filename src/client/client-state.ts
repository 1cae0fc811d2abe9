import type { ErrorBody, GoodbyeBody, PushFrame, SessionBody } from '../protocol/envelope.js';
import type { ReconnectAdvice } from '../protocol/reconnect-advice.js';

/**
 * - `idle`: never connected
 * - `connecting`: the first attempt
 * - `open`: frames flow
 * - `waiting`: counting down to the next attempt, or offline
 * - `reconnecting`: a later attempt
 * - `closed`: final until `connect()` is called; by `close()`, or because no retry can help
 *
 * @publicApi
 */
export type ClientState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'waiting' | 'closed';

/**
 * An immutable snapshot; a new one is made at each change of state.
 *
 * @publicApi
 */
export interface ClientStatus {
  readonly state: ClientState;
  readonly previous: ClientState;
  /** Failed attempts since the connection was last open for `backoff.stableMs`. */
  readonly attempt: number;
  /** Epoch milliseconds of the next attempt while `waiting`; null in other states and while offline. */
  readonly retryAt: number | null;
  readonly offline: boolean;
  /** How the last connection or attempt ended; null before, and when it ended before there was a socket. */
  readonly code: number | null;
  readonly reason: string;
  /** What the server's goodbye, else the close code, asks for. */
  readonly next: ReconnectAdvice | null;
}

/** What `WsClient.on()` can listen to. @publicApi */
export interface ClientEvents {
  status: ClientStatus;
  push: PushFrame;
  problem: ErrorBody;
  session: SessionBody;
  goodbye: GoodbyeBody;
}
