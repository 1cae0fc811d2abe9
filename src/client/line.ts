import { CloseCode } from '../protocol/close-code.enum.js';
import type { Attempt } from './attempt.js';
import type { ClientSettings } from './client-settings.js';
import { decodeFrame, type Frame } from './frame.js';
import { Timer } from './timer.js';
import type { SocketEvent, SocketEventType, WebSocketLike } from './web-socket-like.js';

/** RFC 6455 §7.4.1: the connection ended without a close frame. */
export const ABNORMAL_CLOSURE = 1006;
const OPEN = 1;
/** Requests count from 1. */
const LOGIN_ID = 0;
const SHORTEST_HEARTBEAT_MS = 1_000;
const LONGEST_PONG_MS = 10_000;
const LONGEST_REASON_BYTES = 123;
const CLOSE_GRACE_MS = 1_000;

export interface LineEnd {
  /** How far it came; `offline`: the device gave it up, wherever it was. */
  phase: 'credential' | 'creation' | 'handshake' | 'open' | 'offline';
  /** Null when there was no socket to close. */
  code: number | null;
  reason: string;
}

/** What a line needs to begin with, and whom it tells how it goes. */
export interface LineHandlers {
  prepare(): Promise<Attempt>;
  opened(): void;
  received(frame: Frame): void;
  ended(end: LineEnd): void;
}

/** One connection from its credential to its end. It ends once, and after `close()` nothing of it is heard. */
export class Line {
  readonly #settings: ClientSettings;
  readonly #handlers: LineHandlers;
  /** The attempt's deadline, then the one of the next sign of life. */
  readonly #timer = new Timer();
  #phase: LineEnd['phase'] = 'credential';
  #over = false;
  #socket: WebSocketLike | undefined;
  #heartbeatMs = 0;

  constructor(settings: ClientSettings, handlers: LineHandlers) {
    this.#settings = settings;
    this.#handlers = handlers;
    this.#timer.start(settings.connectTimeoutMs, () => this.#breakOff('Connecting timed out'));
    void this.#dial();
  }

  /** False when the line is not open. */
  send(text: string): boolean {
    return this.#phase === 'open' && this.#transmit(text);
  }

  /** From now on, silence for `heartbeatMs` is answered with a ping, and silence after it ends the line. */
  watch(heartbeatMs: number): void {
    this.#heartbeatMs = heartbeatMs;
    this.#heard();
  }

  /** @param reason of an end for good; without one the server keeps the session, because the client comes back */
  close(reason?: string): void {
    this.#over = true;
    this.#timer.stop();
    if (reason === undefined) this.#socket?.close();
    else this.#socket?.close(CloseCode.NORMAL, fitReason(reason));
  }

  async #dial(): Promise<void> {
    // Later, so that whoever creates the line holds it before any handler is called.
    await Promise.resolve();
    if (this.#over) return;
    try {
      const { url, protocols, login } = await this.#handlers.prepare();
      if (this.#over) return;
      this.#phase = 'creation';
      this.#socket = new this.#settings.WebSocket(url, protocols);
      this.#listen(login);
    } catch (error) {
      // Not the message: browsers quote the offending subprotocol, which is the credential.
      const failure = `No socket: ${(error as Error | null)?.name}`;
      this.#end(null, this.#phase === 'creation' ? failure : 'No token');
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
    // A close event follows an error, but not in Node 22 when the handshake failed.
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
    if (typeof data === 'string' && data.length > this.#settings.maxMessageLength) {
      return this.#end(CloseCode.MESSAGE_TOO_BIG, 'Message too long');
    }
    this.#heard();
    const frame = decodeFrame(data);
    // A login that failed is followed by a close code, which tells more.
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

  /** Does not wait for the closing handshake, which needs the other side. */
  #breakOff(reason: string): void {
    this.#end(this.#socket ? ABNORMAL_CLOSURE : null, reason);
  }

  #end(code: number | null, reason: string): void {
    if (this.#over) return;
    this.close();
    this.#handlers.ended({ phase: this.#phase, code, reason });
  }
}

/** RFC 6455 §5.5: `close()` throws at a longer reason. */
function fitReason(reason: string): string {
  return reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON_BYTES)).read);
}
