import { CloseCode } from '../protocol/close-code.enum.js';
import type { SessionBody } from '../protocol/envelope.js';
import type { WsClientOptions } from './client-options.interface.js';
import { resolveSettings, type ClientSettings } from './client-settings.js';
import type { ClientEvents, ClientState, ClientStatus } from './client-state.js';
import { Dialer } from './dialer.js';
import { Emitter } from './emitter.js';
import { Inbox } from './inbox.js';
import { ABNORMAL_CLOSURE, Line, type LineEnd, type LineHandlers } from './line.js';
import { Network } from './network.js';
import { PendingRequests, type RequestOptions } from './pending-requests.js';
import { RetryPlan } from './retry-plan.js';
import { NOTHING_YET, StatusBoard, type Outcome } from './status-board.js';
import { LONGEST_DELAY_MS, Timer } from './timer.js';

/**
 * A connection that comes back by itself when that can help, and stays away when the server says so. Speaks
 * `ws-security.v1`, in browsers and in Node.
 *
 * @publicApi
 */
export class WsClient {
  private readonly settings: ClientSettings;
  private readonly plan: RetryPlan;
  private readonly inbox: Inbox;
  private readonly dialer: Dialer;
  private readonly board: StatusBoard;
  private readonly events = new Emitter<ClientEvents>();
  private readonly requests = new PendingRequests();
  private readonly network = new Network(() => this.networkChanged());
  /** The countdown while waiting; while open, how long until the connection counts as stable. */
  private readonly timer = new Timer();
  private line: Line | null = null;
  private tried = false;
  private readonly handlers: LineHandlers = {
    opened: () => this.opened(),
    received: (frame) => this.inbox.receive(frame),
    ended: (end) => this.ended(end),
  };

  /**
   * @throws TypeError when the URL is no WebSocket URL, or the runtime has no `WebSocket` and none is given
   * @throws RangeError when a duration is negative or no number
   */
  constructor(options: WsClientOptions) {
    this.settings = resolveSettings(options);
    this.plan = new RetryPlan(this.settings, this.settings.random);
    this.inbox = new Inbox(this.events, this.requests, this.plan);
    this.dialer = new Dialer(this.settings, this.plan, this.inbox);
    this.board = new StatusBoard(this.events, this.plan, this.network);
    this.on('session', ({ heartbeatMs }) => this.line?.watch(heartbeatMs));
  }

  get state(): ClientState {
    return this.board.current.state;
  }

  /** An immutable snapshot. */
  get status(): ClientStatus {
    return this.board.current;
  }

  /** What the server last said about who is connected; null until it did. */
  get session(): SessionBody | null {
    return this.inbox.session;
  }

  /** Connects: from `closed` as if for the first time, from `waiting` at once. Otherwise does nothing. */
  connect(): void {
    if (this.state !== 'idle' && this.state !== 'closed') return this.retryNow();
    this.plan.restart();
    this.inbox.clear();
    this.tried = false;
    this.network.start();
    if (this.network.offline) this.wait(NOTHING_YET);
    else this.attempt(NOTHING_YET);
  }

  /** Cuts the countdown short, also while the device seems to be offline. Does nothing unless `waiting`. */
  retryNow(): void {
    if (this.state === 'waiting') this.attempt();
  }

  /**
   * Closes with code 1000 and stays closed. Pending requests are rejected as `DISCONNECTED`.
   *
   * @param reason told to the server, cut to 123 bytes
   */
  close(reason = ''): void {
    if (this.state !== 'closed') this.finish({ code: CloseCode.NORMAL, reason, next: 'never' });
  }

  /**
   * Sends an event and resolves with its reply's `data`. Requests are neither kept until there is a connection
   * nor repeated on the next one. At most 1024 wait at a time; more are rejected as `OVERLOADED`, unsent.
   *
   * @returns a promise that rejects with `RequestError` when there is no reply, or it is an error
   */
  request<T>(event: string, data?: unknown, options: RequestOptions = {}): Promise<T> {
    const timeoutMs = options.timeoutMs ?? this.settings.requestTimeoutMs;
    return this.requests.start<T>((id) => this.transmit({ event, data, id }), timeoutMs, options.signal);
  }

  /**
   * Sends an event that wants no reply; false when there is no open connection to send it on.
   *
   * @throws TypeError when `data` cannot be serialised as JSON
   */
  send(event: string, data?: unknown): boolean {
    return this.transmit({ event, data });
  }

  /**
   * Listens to changes of state (`status`), unasked frames (`push`), errors that belong to no request
   * (`problem`), and what the server says first (`session`) and last (`goodbye`).
   *
   * @returns the function that ends the subscription
   */
  on<Type extends keyof ClientEvents>(type: Type, listener: (value: ClientEvents[Type]) => void): () => void {
    return this.events.on(type, listener);
  }

  /** Listens to the pushes of one event; returns the function that ends the subscription. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it expects
  onPush<T>(event: string, listener: (data: T) => void): () => void {
    return this.on('push', (frame) => {
      if (frame.event === event) listener(frame.data as T);
    });
  }

  private transmit(frame: object): boolean {
    return this.line?.send(frame) ?? false;
  }

  private attempt(change: Partial<Outcome> = {}): void {
    const state = this.tried ? 'reconnecting' : 'connecting';
    this.tried = true;
    this.timer.stop();
    this.line = new Line(this.dialer, this.handlers, this.settings.connectTimeoutMs);
    this.board.become(state, change);
  }

  private opened(): void {
    this.network.offline = false;
    this.plan.opened();
    this.timer.start(this.settings.stableMs, () => {
      this.plan.stabilised();
      this.board.refresh();
    });
    this.board.become('open');
  }

  private ended(end: LineEnd): void {
    const { next, retry } = this.plan.ended(end, typeof this.settings.token === 'string');
    const outcome = { code: end.code, reason: end.reason, next };
    this.dropLine();
    if (retry) this.wait(outcome);
    else this.finish(outcome);
  }

  private networkChanged(): void {
    if (!this.network.offline) {
      if (this.state === 'waiting') this.countDown(this.plan.shortDelay());
      return;
    }
    const hadLine = this.line !== null;
    this.dropLine();
    this.wait(hadLine ? { code: ABNORMAL_CLOSURE, reason: 'The network went offline', next: 'backoff' } : {});
  }

  private wait(outcome: Partial<Outcome>): void {
    if (!this.network.offline) return this.countDown(this.plan.delay(), outcome);
    this.timer.stop();
    this.board.become('waiting', outcome);
  }

  private countDown(delayMs: number, outcome: Partial<Outcome> = {}): void {
    const delay = Math.min(delayMs, LONGEST_DELAY_MS);
    this.timer.start(delay, () => this.attempt());
    this.board.become('waiting', { ...outcome, retryAt: Date.now() + delay });
  }

  private finish(outcome: Outcome): void {
    this.timer.stop();
    this.network.stop();
    this.dropLine(outcome.reason);
    this.board.become('closed', outcome);
  }

  private dropLine(reason?: string): void {
    this.line?.hangUp(reason);
    this.line = null;
    this.requests.disconnect();
  }
}
