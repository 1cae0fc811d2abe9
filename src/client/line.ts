import { CloseCode } from '../protocol/close-code.enum.js';
import type { Attempt } from './attempt.js';
import type { ClientSettings } from './client-settings.js';
import { decodeFrame, type Frame } from './frame.js';
import { Timer } from './timer.js';
import type { SocketEvent, SocketEventType, WebSocketLike } from './web-socket-like.js';

/** RFC 6455 §7.4.1: the connection ended without a close frame. */
export const ABNORMAL_CLOSURE = 1006;
/** In the registry of RFC 6455 §11.7. `close()` without a code sends 1000 in React Native, which ends the session. */
const TIMEOUT = 3008;
const OPEN = 1;
/** Ids of requests start at 1. */
const LOGIN_ID = 0;
const SHORTEST_HEARTBEAT_MS = 1_000;
const LONGEST_PONG_MS = 10_000;
const LONGEST_REASON_BYTES = 123;
const CLOSE_GRACE_MS = 1_000;

export interface LineEnd {
  /** The phase in which it ended; `offline` if the device lost its network. */
  phase: 'token' | 'socket' | 'handshake' | 'open' | 'offline';
  /** Null if there was no socket. */
  code: number | null;
  reason: string;
}

/** The start of a line, and the callbacks for its events. */
export interface LineHandlers {
  prepare(): Promise<Attempt>;
  opened(): void;
  received(frame: Frame): void;
  ended(end: LineEnd): void;
}

/** One connection, from its credential to its end. It ends once, and calls no handler after `close()`. */
export class Line {
  readonly #settings: ClientSettings;
  readonly #handlers: LineHandlers;
  /** The deadline of the attempt, then of the next message from the server. */
  readonly #timer = new Timer();
  #phase: LineEnd['phase'] = 'token';
  #over = false;
  #socket: WebSocketLike | undefined;
  #heartbeatMs = 0;

  constructor(settings: ClientSettings, handlers: LineHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#timer.start(settings.connectTimeoutMs, () => this.#breakOff('Timeout'));
    void this.#dial();
  }

  /** Returns false if the line is not open. */
  send(text: string): boolean {
    return this.#phase === 'open' && this.#transmit(text);
  }

  /**
   * Starts the heartbeat: after a silence of `heartbeatMs` it sends a ping, and after further silence it ends the
   * line.
   */
  watch(heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
    this.#heard();
  }

  /** @param reason given if the client will not come back; without one, the server keeps the session */
  close(reason?: string): void {
    this.#over = true;
    this.#timer.stop();
    this.#socket?.close(reason === undefined ? TIMEOUT : CloseCode.NORMAL, fitReason(reason));
  }

  async #dial(): Promise<void> {
    // Deferred, so that the caller has the line before a handler is called.
    await Promise.resolve();
    if (this.#over) return;
    try {
      const { url, protocols, login } = await this.#handlers.prepare();
      if (this.#over) return;
      const { ticket, token, WebSocket } = this.#settings;
      // What cannot be sent may be the credential, and another one may be valid.
      this.#phase = typeof (ticket ?? token) === 'function' ? 'handshake' : 'socket';
      this.#socket = new WebSocket(url, protocols);
      this.#listen(login);
    } catch (error) {
      // Browsers quote the invalid subprotocol, which contains the credential, in the message.
      const why = this.#phase === 'token' ? (error as string) : (error as Error | null)?.name;
      this.#end(null, `No ${this.#phase}: ${why}`);
    }
  }

  #listen(login: Attempt['login']): void {
    this.#phase = 'handshake';
    const on = (type: SocketEventType, run: (event: SocketEvent) => void): void =>
      this.#socket?.addEventListener(type, (event) => {
        if (!this.#over) run(event);
      });
    on('open', () => {
      if (!login) this.#opened();
      else this.#transmit(JSON.stringify({ event: 'auth', data: { token: login }, id: LOGIN_ID }));
    });
    on('message', ({ data }) => this.#received(data));
    on('close', ({ code = ABNORMAL_CLOSURE, reason = '' }) => this.#end(code, reason));
    // A close event follows an error, except in Node 22 when the handshake failed.
    on('error', () => {
      if (this.#phase === 'handshake') this.#timer.start(CLOSE_GRACE_MS, () => this.#breakOff(''));
    });
  }

  #opened(): void {
    this.#phase = 'open';
    this.#timer.stop();
    this.#heard();
    this.#handlers.opened();
  }

  #received(data: unknown): void {
    // Binary messages are ignored.
    const text = typeof data === 'string' ? data : '';
    if (text.length > this.#settings.maxMessageLength) {
      return this.#end(CloseCode.MESSAGE_TOO_BIG, 'Too long');
    }
    this.#heard();
    const frame = decodeFrame(text);
    // After a failed login, a close code follows with more information.
    if (this.#phase === 'handshake' && frame?.id === LOGIN_ID) {
      if (frame.event === 'auth') this.#opened();
    } else if (frame) this.#handlers.received(frame);
  }

  #heard(): void {
    if (this.#phase !== 'open' || !(this.#heartbeatMs > 0)) return;
    const silence = Math.max(this.#heartbeatMs, SHORTEST_HEARTBEAT_MS);
    this.#timer.start(silence, () => {
      this.#transmit(JSON.stringify({ event: 'ping' }));
      this.#timer.start(Math.min(silence, LONGEST_PONG_MS), () => this.#breakOff('Silence'));
    });
  }

  #transmit(text: string): boolean {
    const isOpen = this.#socket?.readyState === OPEN;
    if (isOpen) this.#socket?.send(text);
    return isOpen;
  }

  /** Ends the line without waiting for the closing handshake. */
  #breakOff(reason: string): void {
    this.#end(this.#socket ? ABNORMAL_CLOSURE : null, reason);
  }

  #end(code: number | null, reason: string): void {
    if (this.#over) return;
    this.close();
    this.#handlers.ended({ phase: this.#phase, code, reason });
  }
}

/** `close()` throws if the reason is longer (RFC 6455 §5.5). */
function fitReason(reason = ''): string {
  return reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON_BYTES)).read);
}
