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

/** After a connection that asked for its session back. @publicApi */
export interface ResumeOutcome {
  /** False: pushes were lost, what is shown may be out of date. */
  readonly recovered: boolean;
  /** How many pushes were missed and follow now, in their order; null when that is not known. */
  readonly missed: number | null;
}

/** A message of `send()` that was kept for a connection and is not sent. @publicApi */
export interface DroppedMessage {
  readonly event: string;
  readonly data: unknown;
  /** `overflow`: the queue was full and this was the oldest; `closed`: no connection will come. */
  readonly reason: 'overflow' | 'closed';
}

/** A push that `validate.inbound` refused, and why. @publicApi */
export interface InvalidMessage {
  readonly event: string;
  readonly data: unknown;
  readonly error: unknown;
}

/** A credential that could not be renewed. @publicApi */
export interface RefreshFailure {
  /** What the token provider threw, or the `RequestError` of the server. */
  readonly error: unknown;
  /** False: no further attempt, the server ends the connection when the credential expires. */
  readonly retry: boolean;
}

/** What `WsClient.on()` can listen to. @publicApi */
export interface ClientEvents {
  status: ClientStatus;
  push: PushFrame;
  problem: ErrorBody;
  session: SessionBody;
  goodbye: GoodbyeBody;
  resumed: ResumeOutcome;
  /** The session with its new `expiresAt`. */
  refreshed: SessionBody;
  refreshFailed: RefreshFailure;
  dropped: DroppedMessage;
  invalid: InvalidMessage;
}
