import type { ErrorCode } from '../protocol/error-code.js';
import type { ErrorBody, FrameId } from '../protocol/envelope.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { errorText, sharedErrorText } from '../protocol/error-text.js';
import { goodbyeOf } from '../protocol/goodbye.js';
import { PushText } from '../protocol/push-text.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import { WS_SECURITY_PROTOCOL } from '../protocol/subprotocol.js';
import type { ResumeSession } from './resume/resume-session.js';
import { closeReasonOf } from './close-reason.js';
import type { ConnectionInbound, ConnectionInit, ConnectionSocket } from './connection-parts.interface.js';
import type { TimerName } from './connection-timers.js';
import { limitKeyOf, type Principal } from './principal.js';
import type { SenderProof } from './sender-proof.js';
import type { WheelTimer } from '../time/timer-wheel.js';

const OPEN = 1;
/** What a ping carries whose answer is waited for. */
const ROUND_TRIP = 'round-trip';

/**
 * One accepted WebSocket and who is on it. Frames go out through it, so that they always have the shape of
 * the protocol and a value that cannot be serialised never becomes an uncaught exception.
 *
 * @publicApi
 */
export class Connection {
  readonly id: string;
  readonly socket: ConnectionSocket;
  readonly address: string;
  readonly path: string;
  readonly openedAt: number;
  /** What it proves beside a credential. @internal */
  readonly proof: SenderProof;
  /** Monotonic milliseconds at which something last arrived. @internal */
  lastSeen = 0;
  /** Whether nothing is read from the client for now: its silence means nothing then. @internal */
  isPaused = false;
  /** Whether nothing it sends counts any more, because it is about to be closed. @internal */
  isEnding = false;
  /** Whether its last message was over a limit. @internal */
  isLimited = false;
  /** How many observables that its handlers returned go on. @internal */
  streams = 0;
  /** Monotonic milliseconds at which it was used last; heartbeats are no use. @internal */
  lastActive = 0;
  /** What the server closed it with; undefined when the client did, or the line broke. @internal */
  closedWith: CloseCode | undefined;
  /** @internal */
  closeReason = '';
  /** What runs for it, by name. @internal */
  readonly timers: Record<TimerName, WheelTimer | undefined> = {
    heartbeat: undefined,
    idle: undefined,
    expiry: undefined,
  };
  private identity: Principal;
  private budget: string;
  /** The last answer of `limitKeyIn()`. */
  private scopedBudget: string | undefined;
  private scope: string | undefined;
  /** What outlives it, for a client that may come back. @internal */
  session: ResumeSession | undefined;
  /** Whether pushes reach it: not before it is authenticated, and its client knows its session. @internal */
  isReady = false;
  private early: PushText[] | undefined;
  private earlyLength = 0;
  private hasClosed = false;
  /** What the client has heard that it will be closed with. */
  private farewell: CloseCode | undefined;
  private pushes = 0;
  /** Who reads from it. @internal */
  inbound: ConnectionInbound | undefined;
  private pings: (() => void)[] | undefined;
  private closedCallbacks: Set<() => void> | undefined;

  constructor(init: ConnectionInit) {
    this.id = init.id;
    this.socket = init.socket;
    this.identity = init.principal;
    this.address = init.address;
    this.path = init.path;
    this.openedAt = init.openedAt;
    this.proof = init.proof;
    this.budget = limitKeyOf(init.principal, init.address);
  }

  /** Who is on it now: a login or a refresh replaces it, so keep the connection rather than the principal. */
  get principal(): Principal {
    return this.identity;
  }

  /** Whose budget its messages are counted on. @internal */
  get limitKey(): string {
    return this.budget;
  }

  /** As `limitKey`, behind the name of a budget: the same string as long as the same one is asked for. @internal */
  limitKeyIn(scope: string): string {
    if (this.scope === scope && this.scopedBudget !== undefined) return this.scopedBudget;
    this.scope = scope;
    return (this.scopedBudget = scope + this.budget);
  }

  /** Only the lifecycle calls this, so that the registry knows. @internal */
  identify(principal: Principal): void {
    this.identity = principal;
    this.budget = limitKeyOf(principal, this.address);
    this.scopedBudget = undefined;
  }

  /** Epoch milliseconds at which its session began: on an earlier connection, if it has resumed one. @internal */
  get startedAt(): number {
    return this.session?.startedAt ?? this.openedAt;
  }

  get isOpen(): boolean {
    return this.socket.readyState === OPEN;
  }

  /** Whether it reads more slowly than it is allowed to; it is closed unless it catches up. */
  get isBehind(): boolean {
    return this.socket.isBehind;
  }

  /** Whether the client speaks `ws-security.v1`. */
  get speaksProtocol(): boolean {
    return this.socket.protocol === WS_SECURITY_PROTOCOL;
  }

  /**
   * Sends an event nobody asked for.
   *
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  push(event: string, data: unknown): void {
    // What JSON leaves out (a function, undefined) is sent as null.
    this.pushText(new PushText(event, JSON.stringify(data) ?? 'null'));
  }

  /** As `push`, of what was serialised already. @param room where it was sent to @internal */
  pushText(text: PushText, room?: string): void {
    if (!this.isReady) this.hold(text);
    else if (this.session) this.pushNumbered(this.session, text, room);
    else if (this.speaksProtocol) this.write(text.numbered(++this.pushes));
    else if (this.isOpen) this.socket.sendShared(text);
  }

  /** Sends a push that was numbered before. @internal */
  replay(text: string): void {
    this.write(text);
  }

  /** The client knows its session: what it was pushed so far follows. @internal */
  ready(): void {
    this.isReady = true;
    for (const text of this.early ?? []) this.pushText(text);
    this.early = undefined;
  }

  /** Sends a frame of the protocol itself, which is not counted. @internal */
  announce(event: string, data: unknown): void {
    this.write(JSON.stringify({ event, data }));
  }

  /**
   * Answers a request.
   *
   * @throws TypeError when `data` cannot be serialised as JSON
   * @internal
   */
  reply(event: string, data: unknown, id: FrameId | undefined): void {
    const json = JSON.stringify(data ?? null) as string | undefined;
    // JSON has nothing for a function, and would leave the member out without a word.
    if (json === undefined) throw new TypeError(`A ${typeof data} has no JSON`);
    const head = `{"event":${JSON.stringify(event)},"data":${json}`;
    this.write(id === undefined ? `${head}}` : `${head},"id":${JSON.stringify(id)}}`);
  }

  /** Who waits for no answer hears once in a run that there are too many messages. @internal */
  hears(code: ErrorCode, id: FrameId | undefined): boolean {
    if (code !== 'RATE_LIMITED') return true;
    const isRepetition = this.isLimited && id === undefined;
    this.isLimited = true;
    return !isRepetition;
  }

  /** Answers a request that is not served. @internal */
  fail(body: ErrorBody, id: FrameId | undefined): void {
    const shared = id === undefined ? sharedErrorText(body) : undefined;
    if (!shared) this.write(errorText(body, id));
    else if (this.isOpen) this.socket.sendShared(shared);
  }

  /**
   * Starts the closing handshake; the socket is cut when the client does not answer it. Clients of `ws-security.v1` hear
   * first what to do next.
   *
   * @param reason for the client, at most 123 bytes of it (RFC 6455 §5.5.1)
   * @param retryAfterMs milliseconds the client should stay away, where it may come back
   */
  close(code: CloseCode, reason = '', retryAfterMs = 0): void {
    if (this.isOpen) this.sayGoodbye(code, reason, retryAfterMs);
    // The goodbye may have shown that it reads too slowly.
    if (this.isOpen) {
      this.closedWith = code;
      this.closeReason = reason;
    }
    this.socket.close(code, closeReasonOf(reason));
    this.inbound?.abandon();
  }

  /** Says what it will be closed with, once. @returns whether the client understands it @internal */
  sayGoodbye(code: CloseCode, reason: string, retryAfterMs = 0): boolean {
    if (!this.speaksProtocol) return false;
    if (this.farewell !== code) this.announce(ReservedEvent.GOODBYE, goodbyeOf(code, reason, retryAfterMs));
    this.farewell = code;
    return true;
  }

  /** Cuts the line without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  /** Answers a ping (RFC 6455 §5.5.3). @internal */
  pong(data: Buffer): void {
    if (this.isOpen) this.socket.pong(data);
  }

  /** Reads nothing more, and resolves when everything that was read has been answered. @internal */
  finish(): Promise<void> {
    return this.inbound?.finish() ?? Promise.resolve();
  }

  /** Resolves when the client has answered a ping that is sent now. @internal */
  roundTrip(): Promise<void> {
    if (this.isOpen) this.socket.ping(ROUND_TRIP);
    return new Promise((resolve) => (this.pings ??= []).push(resolve));
  }

  /** A pong came. @internal */
  ponged(data: string): void {
    if (data !== ROUND_TRIP) return;
    for (const resolve of this.pings ?? []) resolve();
    this.pings = undefined;
  }

  /** Resolves once it has closed. @internal */
  whenClosed(): Promise<void> {
    return new Promise((resolve) => this.onClosed(resolve));
  }

  /** Calls back once it has closed, at once if it has already. @internal */
  onClosed(callback: () => void): void {
    if (this.hasClosed) callback();
    else (this.closedCallbacks ??= new Set()).add(callback);
  }

  /** @internal */
  offClosed(callback: () => void): void {
    this.closedCallbacks?.delete(callback);
  }

  /** It has closed. @internal */
  closed(): void {
    this.hasClosed = true;
    for (const callback of this.closedCallbacks ?? []) callback();
    this.closedCallbacks = undefined;
  }

  /** Its client may have come back on another connection: then this one is over, and counts no push any more. */
  private pushNumbered(session: ResumeSession, text: PushText, room: string | undefined): void {
    if (session.isOf(this)) this.write(session.add(text, room));
  }

  /** What waits for a client is bounded, whatever it waits for. */
  private hold(text: PushText): void {
    if (!this.isOpen) return;
    this.earlyLength += text.plain.length;
    (this.early ??= []).push(text);
    if (this.earlyLength <= this.socket.maxBufferedBytes) return;
    this.early = undefined;
    this.close(CloseCode.TRY_AGAIN_LATER, 'too slow');
  }

  private write(text: string): void {
    if (this.isOpen) this.socket.send(text);
  }
}
