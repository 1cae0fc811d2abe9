import { CloseCode } from '../protocol/close-code.enum.js';
import type { SessionBody } from '../protocol/envelope.js';
import { prepareAttempt } from './attempt.js';
import type { TokenProvider, WsClientOptions } from './client-options.interface.js';
import { resolveSettings, type ClientSettings } from './client-settings.js';
import type { ClientEvents, ClientState, ClientStatus } from './client-state.js';
import { Emitter } from './emitter.js';
import { Inbox } from './inbox.js';
import { ABNORMAL_CLOSURE, Line, type LineEnd } from './line.js';
import { pass } from './message-check.js';
import { Network } from './network.js';
import { Outbox } from './outbox.js';
import { PendingRequests, type RequestOptions } from './pending-requests.js';
import { Renewal } from './renewal.js';
import { RequestError } from './request.error.js';
import { RetryPlan } from './retry-plan.js';
import { LONGEST_DELAY_MS, Timer } from './timer.js';

const NOTHING_YET = { code: null, reason: '', next: null };

/**
 * A WebSocket connection that reconnects automatically, unless the server says that it should not. Speaks
 * `ws-security.v1`, in browsers and in Node.
 *
 * @publicApi
 */
export class WsClient {
  readonly #settings: ClientSettings;
  readonly #plan: RetryPlan;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #renewal: Renewal;
  readonly #events = new Emitter<ClientEvents>();
  readonly #requests = new PendingRequests();
  readonly #network = new Network(() => this.#networkChanged());
  /** The countdown while waiting. While open, the time until the connection counts as stable. */
  readonly #timer = new Timer();
  #status: ClientStatus = {
    state: 'idle',
    previous: 'idle',
    attempt: 0,
    retryAt: null,
    offline: false,
    ...NOTHING_YET,
  };
  #line: Line | null = null;
  /** The state during the next attempt. */
  #trying: ClientState = 'connecting';

  /**
   * @throws TypeError if the URL is not a WebSocket URL, or there is no `WebSocket`
   * @throws RangeError if a numeric option is negative or not a number
   */
  constructor(options: WsClientOptions) {
    const settings = (this.#settings = resolveSettings(options));
    const { random, validate, queueSize, token } = settings;
    const events = this.#events;
    this.#plan = new RetryPlan(settings, random);
    this.#inbox = new Inbox(events, this.#requests, this.#plan, validate?.inbound);
    this.#outbox = new Outbox(queueSize, events);
    this.#renewal = new Renewal(random, events, () => this.#renew());
    this.on('session', ({ heartbeatMs, expiresAt }) => {
      this.#line?.watch(heartbeatMs);
      if (typeof token === 'function') this.#renewal.plan(expiresAt);
    });
  }

  get state(): ClientState {
    return this.#status.state;
  }

  /** The current state, as an immutable snapshot. */
  get status(): ClientStatus {
    return this.#status;
  }

  /** The current session from the server; null before the first one. */
  get session(): SessionBody | null {
    return this.#inbox.session;
  }

  /** Connects: from `closed` like the first time, from `waiting` at once. Does nothing in other states. */
  connect(): void {
    if (this.state !== 'idle' && this.state !== 'closed') return this.retryNow();
    this.#plan.restart();
    this.#inbox.clear();
    this.#trying = 'connecting';
    this.#network.start();
    this.#update(NOTHING_YET);
    if (this.#network.offline) this.#wait();
    else this.#attempt();
  }

  /** Ends the countdown, even if the device seems to be offline. Does nothing unless `waiting`. */
  retryNow(): void {
    if (this.state === 'waiting') this.#attempt();
  }

  /**
   * Closes with code 1000 and stays closed. Rejects pending requests as `DISCONNECTED` and drops queued messages.
   *
   * @param reason sent to the server, truncated to 123 bytes
   */
  close(reason = ''): void {
    if (this.state !== 'closed') this.#finish({ code: CloseCode.NORMAL, reason, next: 'never' });
  }

  /**
   * Sends an event and resolves with the `data` of its reply. Requests are not queued while there is no connection,
   * and not repeated after a reconnect. At most 1024 can be pending; more are rejected as `OVERLOADED`, without being
   * sent.
   *
   * @returns a promise that rejects with `RequestError` if there is no reply, or the reply is an error
   */
  request<T>(event: string, data?: unknown, options: RequestOptions = {}): Promise<T> {
    const { timeoutMs = this.#settings.requestTimeoutMs, signal } = options;
    const transmit = (id: number): boolean => this.#transmit(this.#encode(event, data, id));
    return this.#requests.start<T>(transmit, timeoutMs, signal);
  }

  /**
   * Sends an event without expecting a reply. Without a connection it is queued, if the queue is enabled. Returns
   * false if it was neither sent nor queued.
   *
   * @throws TypeError if `data` cannot be serialized as JSON
   * @throws the error of `validate.outbound`
   */
  send(event: string, data?: unknown): boolean {
    const text = this.#encode(event, data);
    return this.#transmit(text) || (this.state !== 'closed' && this.#outbox.keep({ text, event, data }));
  }

  /**
   * Adds a listener for an event of `ClientEvents`, such as `status` for changes of state, and `push` for events from
   * the server.
   *
   * @returns a function that removes the listener
   */
  on<Type extends keyof ClientEvents>(type: Type, listener: (value: ClientEvents[Type]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** Adds a listener for pushes of one event. Returns a function that removes it. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the type
  onPush<T>(event: string, listener: (data: T) => void): () => void {
    // The listener may return a promise.
    return this.on('push', (frame) => frame.event === event && listener(frame.data as T));
  }

  #encode(event: string, data: unknown, id?: number): string {
    pass(this.#settings.validate?.outbound, event, data);
    return JSON.stringify({ event, data, id });
  }

  #transmit(text: string): boolean {
    return !this.#plan.goodbye && !!this.#line?.send(text);
  }

  #attempt(): void {
    this.#timer.stop();
    this.#line = new Line(this.#settings, {
      prepare: () => prepareAttempt(this.#settings, this.#plan.reauthenticate, this.#inbox.resume),
      opened: () => this.#opened(),
      received: (frame) => this.#inbox.receive(frame),
      ended: (end) => this.#ended(end),
    });
    const state = this.#trying;
    this.#trying = 'reconnecting';
    this.#become(state);
  }

  async #renew(): Promise<void> {
    const line = this.#line;
    const token = await (this.#settings.token as TokenProvider)({ reauthenticate: true });
    if (line !== this.#line) return;
    if (!token) throw new RequestError('UNAUTHENTICATED', 'No token');
    const { expiresAt } = await this.request<SessionBody>('auth', { token });
    const session = { ...(this.session as SessionBody), expiresAt };
    this.#inbox.session = session;
    this.#renewal.plan(expiresAt);
    this.#events.emit('refreshed', session);
  }

  #opened(): void {
    this.#network.offline = false;
    this.#plan.opened();
    this.#timer.start(this.#settings.stableMs, () => {
      this.#plan.stabilised();
      this.#update();
    });
    this.#become('open');
    this.#outbox.flush((text) => this.#transmit(text));
  }

  #ended(end: LineEnd): void {
    const { ticket, token } = this.#settings;
    const { next, retry } = this.#plan.ended(end, !ticket && typeof token === 'string');
    const outcome = { code: end.code, reason: end.reason, next };
    this.#dropLine();
    if (retry) this.#wait(outcome);
    else this.#finish(outcome);
  }

  #networkChanged(): void {
    const { offline } = this.#network;
    if (offline && this.#line) this.#ended({ phase: 'offline', code: ABNORMAL_CLOSURE, reason: 'Offline' });
    else if (offline) this.#wait();
    else if (this.state === 'waiting') this.#wait({}, this.#plan.shortDelay());
  }

  #wait(outcome?: Partial<ClientStatus> | null, delayMs = this.#plan.delay()): void {
    this.#timer.stop();
    if (this.#network.offline) return this.#become('waiting', outcome);
    this.#timer.start(delayMs, () => this.#attempt());
    this.#become('waiting', { ...outcome, retryAt: Date.now() + Math.min(delayMs, LONGEST_DELAY_MS) });
  }

  #finish(outcome: Pick<ClientStatus, 'code' | 'reason' | 'next'>): void {
    this.#timer.stop();
    this.#network.stop();
    this.#dropLine(outcome.reason);
    this.#outbox.clear(() => this.#become('closed', outcome));
  }

  /** Properties that are not in `change` stay the same, except for the countdown. */
  #become(state: ClientState, change?: Partial<ClientStatus> | null): void {
    this.#update({ retryAt: null, ...change, state, previous: this.state });
    this.#events.emit('status', this.#status);
  }

  /** Updates the status without notifying listeners. */
  #update(change?: Partial<ClientStatus> | null): void {
    const { failures: attempt } = this.#plan;
    this.#status = { ...this.#status, ...change, attempt, offline: this.#network.offline };
  }

  #dropLine(reason?: string): void {
    this.#line?.close(reason);
    this.#line = null;
    this.#renewal.stop();
    this.#requests.disconnect();
  }
}
