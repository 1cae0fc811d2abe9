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
 * An immutable snapshot. Each change of state creates a new one.
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
  /** The close code of the last connection or attempt; null before, and if there was no socket. */
  readonly code: number | null;
  readonly reason: string;
  /** The next step, from the server's goodbye or else from the close code. */
  readonly next: ReconnectAdvice | null;
}

/** What is known of the last connection or attempt. */
export type Outcome = Pick<ClientStatus, 'code' | 'reason' | 'next'>;

export const NOTHING_YET: Outcome = { code: null, reason: '', next: null };

export const IDLE: ClientStatus = {
  state: 'idle',
  previous: 'idle',
  attempt: 0,
  retryAt: null,
  offline: false,
  ...NOTHING_YET,
};

/** The result of an attempt to resume the session. @publicApi */
export interface ResumeOutcome {
  /** False if pushes were lost, so the displayed data may be outdated. */
  readonly recovered: boolean;
  /** The number of missed pushes, which follow in order; null if it is unknown. */
  readonly missed: number | null;
}

/** A queued message of `send()` that was dropped. @publicApi */
export interface DroppedMessage {
  readonly event: string;
  readonly data: unknown;
  /** `overflow`: the queue was full, and this was the oldest message; `closed`: the client will not reconnect. */
  readonly reason: 'overflow' | 'closed';
}

/** A push that `validate.inbound` refused, with the error. @publicApi */
export interface InvalidMessage {
  readonly event: string;
  readonly data: unknown;
  readonly error: unknown;
}

/** A failed refresh of the credential. @publicApi */
export interface RefreshFailure {
  /** The error of the token provider, or the `RequestError` of the server. */
  readonly error: unknown;
  /** False if there is no further attempt. The server then ends the connection when the credential expires. */
  readonly retry: boolean;
}

/** The events of `WsClient.on()`. @publicApi */
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
