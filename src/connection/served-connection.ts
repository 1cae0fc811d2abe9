import type { CloseCode } from '../protocol/close-code.enum.js';
import { goodbyeOf } from '../protocol/goodbye.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { WheelTimer } from '../time/timer-wheel.js';
import { closeReasonOf } from './close-reason.js';
import type { Connection } from './connection.js';
import type { ConnectionInbound, ConnectionInit, TimerName } from './connection-parts.interface.js';
import { OutboundConnection } from './outbound-connection.js';
import { limitKeyOf, type Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';

/** What a ping carries whose answer is waited for. */
const ROUND_TRIP = 'round-trip';

/** A connection as the module serves it: every `Connection` is one. Applications see the base class only. */
export class ServedConnection extends OutboundConnection {
  /** What it proves beside a credential. */
  readonly proof: SenderProof;
  /** Monotonic milliseconds at which something last arrived. */
  lastSeen = 0;
  /** Monotonic milliseconds at which it was used last; heartbeats are no use. */
  lastActive = 0;
  /** Whether nothing is read from the client for now: its silence means nothing then. */
  isPaused = false;
  /** Whether nothing it sends counts any more, because it is about to be closed. */
  isEnding = false;
  /** How many observables that its handlers returned go on. */
  streams = 0;
  /** What the server closed it with; undefined when the client did, or the line broke. */
  closedWith: CloseCode | undefined;
  closeReason = '';
  /** The timers that run for it, by name. */
  readonly timers: Record<TimerName, WheelTimer | undefined> = {
    heartbeat: undefined,
    idle: undefined,
    expiry: undefined,
  };
  /** Reads from it. */
  inbound: ConnectionInbound | undefined;
  private identity: Principal;
  private ownLimitKey: string;
  /** The last answer of `limitKeyIn()`. */
  private scopedLimitKey: string | undefined;
  private scope: string | undefined;
  /** The code of the last goodbye. */
  private farewell: CloseCode | undefined;
  private pings: (() => void)[] | undefined;
  private hasClosed = false;
  private closedCallbacks: Set<() => void> | undefined;

  constructor(init: ConnectionInit) {
    super(init);
    this.identity = init.principal;
    this.proof = init.proof;
    this.ownLimitKey = limitKeyOf(init.principal, init.address);
  }

  override get principal(): Principal {
    return this.identity;
  }

  /** Only the registry calls this, so that its index is right. */
  identify(principal: Principal): void {
    this.identity = principal;
    this.ownLimitKey = limitKeyOf(principal, this.address);
    this.scopedLimitKey = undefined;
  }

  /** The key that its messages are counted under. */
  get limitKey(): string {
    return this.ownLimitKey;
  }

  /** As `limitKey`, behind the name of a limit: the same string as long as the same name is asked for. */
  limitKeyIn(scope: string): string {
    if (this.scope === scope && this.scopedLimitKey !== undefined) return this.scopedLimitKey;
    this.scope = scope;
    return (this.scopedLimitKey = scope + this.ownLimitKey);
  }

  /** Epoch milliseconds at which its session began: on an earlier connection, if it has resumed one. */
  get startedAt(): number {
    return this.session?.startedAt ?? this.openedAt;
  }

  override close(code: CloseCode, reason = '', retryAfterMs = 0): void {
    if (this.isOpen) this.sayGoodbye(code, reason, retryAfterMs);
    // The goodbye may have shown that it reads too slowly.
    if (this.isOpen) {
      this.closedWith = code;
      this.closeReason = reason;
    }
    this.socket.close(code, closeReasonOf(reason));
    this.inbound?.abandon();
  }

  /** Says what it will be closed with, once. @returns whether the client understands it */
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

  /** Reads nothing more, and resolves when everything that was read has been answered. */
  finish(): Promise<void> {
    return this.inbound?.finish() ?? Promise.resolve();
  }

  /** Resolves when the client has answered a ping that is sent now. */
  roundTrip(): Promise<void> {
    if (this.isOpen) this.socket.ping(ROUND_TRIP);
    return new Promise((resolve) => (this.pings ??= []).push(resolve));
  }

  /** A pong came. */
  ponged(data: string): void {
    if (data !== ROUND_TRIP) return;
    for (const resolve of this.pings ?? []) resolve();
    this.pings = undefined;
  }

  /** Resolves once it has closed. */
  whenClosed(): Promise<void> {
    return new Promise((resolve) => this.onClosed(resolve));
  }

  /** Calls back once it has closed, at once if it has already. */
  onClosed(callback: () => void): void {
    if (this.hasClosed) callback();
    else (this.closedCallbacks ??= new Set()).add(callback);
  }

  offClosed(callback: () => void): void {
    this.closedCallbacks?.delete(callback);
  }

  /** It has closed. */
  closed(): void {
    this.hasClosed = true;
    for (const callback of this.closedCallbacks ?? []) callback();
    this.closedCallbacks = undefined;
  }
}

/** The module's side of a connection that the application sees. */
export function servedOf(connection: Connection): ServedConnection {
  return connection as ServedConnection;
}
