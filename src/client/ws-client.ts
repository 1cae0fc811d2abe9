import { CloseCode } from '../protocol/close-code.enum.js';
import type { SessionBody } from '../protocol/envelope.js';
import type { RequestName, WsEvents } from '../protocol/ws-events.js';
import { prepareAttempt } from './attempt.js';
import type { TokenProvider, WsClientOptions } from './client-options.interface.js';
import { resolveSettings, type ClientSettings } from './client-settings.js';
import {
  IDLE,
  NOTHING_YET,
  type ClientEvents,
  type ClientState,
  type ClientStatus,
  type Outcome,
} from './client-state.js';
import { ConnectError } from './connect.error.js';
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
import { Timer } from './timer.js';
import type {
  HeardData,
  HeardName,
  IfTyped,
  RequestArguments,
  RequestReply,
  SendArguments,
} from './typed-request.js';

/**
 * A WebSocket connection that reconnects automatically, unless the server says that it should not. Speaks
 * `ws-security.v1`, in browsers and in Node.
 *
 * @typeParam Events the contract that it shares with the server. Without one, events and data have no types
 * @publicApi
 */
export class WsClient<Events extends WsEvents = WsEvents> {
  readonly #settings: ClientSettings;
  readonly #plan: RetryPlan;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #renewal: Renewal;
  readonly #events = new Emitter<ClientEvents>();
  /** Returns whether there is a connection. After a goodbye, the server may not read the frame. */
  readonly #transmit = (text: string): boolean => !this.#plan.goodbye && !!this.#line?.send(text);
  readonly #requests = new PendingRequests(this.#transmit);
  readonly #network = new Network(() => this.#networkChanged());
  /** The countdown while waiting. While open, the time until the connection counts as stable. */
  readonly #timer = new Timer();
  #status = IDLE;
  #line: Line | null = null;
  /** Whether there is a connection, or there may be one later. */
  #isTrying = false;
  /** The state during the next attempt. */
  #trying: ClientState = 'connecting';
  /** Settle the promises of `connect()`. */
  #callers: ((error?: ConnectError) => void)[] = [];

  /**
   * @throws TypeError if the URL is not a WebSocket URL, or there is no `WebSocket`
   * @throws RangeError if a numeric option is negative or not a number
   */
  constructor(options: WsClientOptions) {
    const settings = (this.#settings = resolveSettings(options));
    const { random, validate, queueSize, token } = settings;
    const events = this.#events;
    this.#plan = new RetryPlan(settings);
    this.#inbox = new Inbox(events, this.#requests, this.#plan, validate?.inbound);
    this.#outbox = new Outbox(queueSize, events);
    this.#renewal = new Renewal(random, events, () => this.#renew());
    this.on('session', ({ heartbeatMs, expiresAt }) => {
      // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- the server may send anything; the emitter reports what cannot become a number
      this.#line?.watch(+heartbeatMs);
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

  /**
   * Connects: from `closed` like the first time, from `waiting` at once.
   *
   * @returns a promise that resolves when the connection is open. It rejects with `ConnectError` if the client closes
   * before, but may be ignored
   */
  connect(): Promise<void> {
    const opening = new Promise<void>((resolve, reject) => {
      if (this.state === 'open') resolve();
      else this.#callers.push((error) => (error ? reject(error) : resolve()));
    });
    // The caller may ignore the promise. Without this, its rejection would end a Node process.
    opening.catch(() => {});
    if (this.#isTrying) this.retryNow();
    else {
      this.#isTrying = true;
      this.#plan.start();
      this.#inbox.clear();
      this.#trying = 'connecting';
      this.#network.start();
      this.#status = { ...this.#status, ...NOTHING_YET };
      if (this.#network.offline) this.#wait();
      else this.#attempt();
    }
    return opening;
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
   * Sends an event and resolves with the `data` of its reply. While the client connects or waits to reconnect, the
   * request waits too. A request that was sent is not repeated after a reconnect. At most 1024 can be pending; more
   * are rejected as `OVERLOADED`, without being sent.
   *
   * @returns a promise that rejects with `RequestError` if there is no reply, or the reply is an error
   */
  request<T extends IfTyped<Events, RequestName<Events>, unknown>>(
    event: IfTyped<Events, T, string>,
    ...dataAndOptions: RequestArguments<Events, T>
  ): Promise<IfTyped<Events, RequestReply<Events, T>, T>>;
  request(event: string, data?: unknown, options: RequestOptions = {}): Promise<never> {
    const { timeoutMs = this.#settings.requestTimeoutMs, signal } = options;
    const encode = (id: number): string => this.#encode(event, data, id);
    // A refresh concerns the connection that is open now.
    const waits = this.#isTrying && event !== 'auth';
    return this.#requests.start(encode, waits, timeoutMs, signal);
  }

  /**
   * Sends an event without expecting a reply. Without a connection it is queued, if the queue is enabled. Returns
   * false if it was neither sent nor queued.
   *
   * @throws TypeError if `data` cannot be serialized as JSON
   * @throws the error of `validate.outbound`
   */
  send<Name extends IfTyped<Events, RequestName<Events>, string>>(
    event: Name,
    ...data: SendArguments<Events, Name>
  ): boolean;
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
  onPush<T extends IfTyped<Events, HeardName<Events>, unknown>>(
    event: IfTyped<Events, T, string>,
    listener: (data: IfTyped<Events, HeardData<Events, T>, T>) => void,
  ): () => void;
  onPush<T>(event: string, listener: (data: T) => void): () => void {
    // The listener may return a promise.
    return this.on('push', (frame) => frame.event === event && listener(frame.data as T));
  }

  #encode(event: string, data: unknown, id?: number): string {
    pass(this.#settings.validate?.outbound, event, data);
    return JSON.stringify({ event, data, id });
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
    const { expiresAt } = await (this as unknown as WsClient).request<SessionBody>('auth', { token });
    const session = { ...(this.session as SessionBody), expiresAt };
    this.#inbox.session = session;
    this.#renewal.plan(expiresAt);
    this.#events.emit('refreshed', session);
  }

  #opened(): void {
    this.#network.offline = false;
    this.#plan.opened();
    this.#timer.start(this.#settings.stableMs, () => {
      this.#plan.settled();
      this.#status = { ...this.#status, attempt: 0 };
    });
    this.#settle();
    this.#become('open');
    this.#outbox.flush(this.#transmit);
    this.#requests.flush();
  }

  #ended(end: LineEnd): void {
    const { ticket, token } = this.#settings;
    const { next, retry } = this.#plan.ended(end, !ticket && typeof token === 'string');
    const outcome = { code: end.code, reason: end.reason, next };
    if (!retry) return this.#finish(outcome);
    this.#dropLine(outcome);
    this.#wait(outcome);
  }

  #networkChanged(): void {
    const { offline } = this.#network;
    if (offline && this.#line) this.#ended({ phase: 'offline', code: ABNORMAL_CLOSURE, reason: 'Offline' });
    else if (offline || this.state === 'waiting') this.#wait({}, true);
  }

  #wait(outcome?: Partial<ClientStatus>, soon?: boolean): void {
    this.#timer.stop();
    if (this.#network.offline) return this.#become('waiting', outcome);
    const waitMs = this.#timer.start(this.#plan.delay(soon), () => this.#attempt());
    this.#become('waiting', { ...outcome, retryAt: Date.now() + waitMs });
  }

  #finish(outcome: Outcome): void {
    this.#isTrying = false;
    this.#timer.stop();
    this.#network.stop();
    this.#settle(this.#dropLine(outcome, outcome.reason));
    this.#outbox.clear(() => this.#become('closed', outcome));
  }

  /** Properties that are not in `change` stay the same, except for the countdown. */
  #become(state: ClientState, change?: Partial<ClientStatus>): void {
    this.#status = {
      ...this.#status,
      retryAt: null,
      ...change,
      state,
      previous: this.state,
      attempt: this.#plan.failures,
      offline: this.#network.offline,
    };
    this.#events.emit('status', this.#status);
  }

  #settle(error?: ConnectError): void {
    for (const settle of this.#callers.splice(0)) settle(error);
  }

  /** @param reason given if no line will follow */
  #dropLine(outcome: Outcome, reason?: string): ConnectError {
    const error = new ConnectError(outcome);
    this.#line?.close(reason);
    this.#line = null;
    this.#renewal.stop();
    this.#requests.disconnect(!this.#isTrying, error);
    return error;
  }
}
