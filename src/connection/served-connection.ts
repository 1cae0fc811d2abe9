import type { CloseCode } from '../protocol/close-code.enum.js';
import { goodbyeOf } from '../protocol/goodbye.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { WheelTimer } from '../time/timer-wheel.js';
import { closeReasonOf } from './close-reason.js';
import type { Connection } from './connection.js';
import type { ConnectionAuth } from './connection-auth.js';
import type { ConnectionInbound, ConnectionInit, TimerName } from './connection-parts.interface.js';
import { OutboundConnection } from './outbound-connection.js';
import { limitKeyOf, type Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';

/** The payload of a ping that measures a round trip. */
const ROUND_TRIP = 'round-trip';

/** The module's own view of a connection. Every `Connection` is one, but applications see only the base class. */
export class ServedConnection extends OutboundConnection {
  /** The proof of the client, in addition to its credential. */
  readonly proof: SenderProof;
  /** Whether its gateways are unsecured. Then nobody has verified who the client is. */
  readonly isUnsecured: boolean;
  /** Monotonic milliseconds when data last arrived. */
  lastSeen = 0;
  /** Monotonic milliseconds of the last activity. Heartbeats do not count. */
  lastActive = 0;
  /** Monotonic milliseconds of the last heartbeat that has not been answered; 0 if there is none. */
  pingedAt = 0;
  /** Whether reading is paused. Then silence does not mean that the client is dead. */
  isPaused = false;
  /** Whether incoming messages are ignored, because the connection is about to be closed. */
  isEnding = false;
  /** The number of running observables returned by handlers. */
  streams = 0;
  /** The close code of the server; undefined if the client closed the connection or it was lost. */
  closedWith: CloseCode | undefined;
  closeReason = '';
  /** The running timers, by name. */
  readonly timers: Record<TimerName, WheelTimer | undefined> = {
    heartbeat: undefined,
    idle: undefined,
    expiry: undefined,
  };
  /** The reading side. */
  inbound: ConnectionInbound | undefined;
  private identity: Principal;
  private ownAuth: ConnectionAuth | null;
  private ownLimitKey: string;
  /** The last result of `limitKeyIn()`. */
  private scopedLimitKey: string | undefined;
  private scope: string | undefined;
  /** The code of the last goodbye. */
  private farewell: CloseCode | undefined;
  private pings: (() => void)[] | undefined;
  private hasClosed = false;
  private closedCallbacks: Set<() => void> | undefined;
  /** What releases the places that it has. */
  private held: readonly (() => void)[] = [];

  constructor(init: ConnectionInit) {
    super(init);
    this.identity = init.principal;
    this.ownAuth = init.auth;
    this.proof = init.proof;
    this.isUnsecured = init.isUnsecured;
    this.ownLimitKey = init.limitKey;
  }

  override get principal(): Principal {
    return this.identity;
  }

  override get auth(): ConnectionAuth | null {
    return this.ownAuth;
  }

  /** Called only by the registry, which keeps its index up to date. */
  identify(principal: Principal, auth = this.ownAuth): void {
    this.identity = principal;
    this.ownAuth = auth;
    this.ownLimitKey = limitKeyOf(principal, this.address);
    this.scopedLimitKey = undefined;
  }

  /** The key that its messages are counted under. */
  get limitKey(): string {
    return this.ownLimitKey;
  }

  /** The `limitKey` with the name of a limit as prefix. The string is cached while the name is the same. */
  limitKeyIn(scope: string): string {
    if (this.scope === scope && this.scopedLimitKey !== undefined) return this.scopedLimitKey;
    this.scope = scope;
    return (this.scopedLimitKey = scope + this.ownLimitKey);
  }

  /** Epoch milliseconds when its session began; earlier than `openedAt` if it was resumed. */
  get startedAt(): number {
    return this.session?.startedAt ?? this.openedAt;
  }

  override close(code: CloseCode, reason = '', retryAfterMs = 0): void {
    if (this.isOpen) this.sayGoodbye(code, reason, retryAfterMs);
    // The goodbye may have exceeded the limit of a slow client, which closes the connection.
    if (this.isOpen) {
      this.closedWith = code;
      this.closeReason = reason;
    }
    this.socket.close(code, closeReasonOf(reason));
    this.inbound?.abandon();
  }

  /** Announces the close code, once. @returns whether the client speaks the protocol */
  sayGoodbye(code: CloseCode, reason: string, retryAfterMs = 0): boolean {
    if (!this.speaksProtocol) return false;
    if (this.farewell !== code) this.announce(ReservedEvent.GOODBYE, goodbyeOf(code, reason, retryAfterMs));
    this.farewell = code;
    return true;
  }

  /** Answers a ping (RFC 6455 §5.5.3). */
  pong(data: Buffer): void {
    if (this.isOpen) this.socket.pong(data);
  }

  /** Stops reading, and resolves when all messages read so far have been answered. */
  finish(): Promise<void> {
    return this.inbound?.finish() ?? Promise.resolve();
  }

  /** Sends a ping and resolves when the client has answered it. */
  roundTrip(): Promise<void> {
    if (this.isOpen) this.socket.ping(ROUND_TRIP);
    return new Promise((resolve) => (this.pings ??= []).push(resolve));
  }

  /** A pong has arrived. */
  ponged(data: string): void {
    if (data !== ROUND_TRIP) return;
    for (const resolve of this.pings ?? []) resolve();
    this.pings = undefined;
  }

  /** Takes over what its handshake or its login holds, to be released when it closes. */
  takeOver(held: readonly (() => void)[]): void {
    this.held = this.held.length === 0 ? held : [...this.held, ...held];
  }

  /** Transfers everything that it holds to the caller. */
  takeHeld(): readonly (() => void)[] {
    const { held } = this;
    this.held = [];
    return held;
  }

  get isClosed(): boolean {
    return this.hasClosed;
  }

  /** Resolves once the connection has closed. */
  whenClosed(): Promise<void> {
    return new Promise((resolve) => this.onClosed(resolve));
  }

  /** Calls back once the connection has closed, at once if it has already. */
  onClosed(callback: () => void): void {
    if (this.hasClosed) callback();
    else (this.closedCallbacks ??= new Set()).add(callback);
  }

  offClosed(callback: () => void): void {
    this.closedCallbacks?.delete(callback);
  }

  /** The connection has closed. */
  closed(): void {
    this.hasClosed = true;
    this.inbound?.left();
    for (const callback of this.closedCallbacks ?? []) callback();
    this.closedCallbacks = undefined;
  }
}

/** Returns the module's own view of a connection. */
export function servedOf(connection: Connection): ServedConnection {
  return connection as ServedConnection;
}
