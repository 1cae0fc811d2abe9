import { CloseCode } from '../protocol/close-code.enum.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { ClientSettings } from './client-settings.js';
import { createSocket } from './dialer.js';
import { decodeFrame, type Frame } from './frame.js';
import type { ResumePoint } from './offered-protocols.js';
import { Timer } from './timer.js';
import type { SocketEvent, SocketEventType, WebSocketLike } from './web-socket-like.js';

/** RFC 6455 §7.4.1: the connection ended without a close frame. */
export const ABNORMAL_CLOSURE = 1006;
const OPEN = 1;
const LOGIN_ID = 'login';
const SHORTEST_HEARTBEAT_MS = 1_000;
const LONGEST_PONG_MS = 10_000;
const LONGEST_REASON_BYTES = 123;

export interface LineEnd {
  /** How far it came. */
  phase: 'credential' | 'creation' | 'handshake' | 'open';
  /** Null when there was no socket to close. */
  code: number | null;
  reason: string;
}

/** What a line needs to begin with, and whom it tells how it goes. */
export interface LineHandlers {
  credential(): Promise<string | null | undefined>;
  resume(): ResumePoint | null;
  opened(): void;
  received(frame: Frame): void;
  ended(end: LineEnd): void;
}

/** One connection from its credential to its end. It ends once, and after `hangUp()` nothing of it is heard. */
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
    this.#timer.start(settings.connectTimeoutMs, () => this.#breakOff('The connection attempt timed out'));
    // Later, so that whoever creates the line holds it before any handler is called.
    queueMicrotask(() => void this.#dial());
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

  hangUp(reason = ''): void {
    this.#over = true;
    this.#timer.stop();
    this.#socket?.close(CloseCode.NORMAL, fitReason(reason));
  }

  async #dial(): Promise<void> {
    if (this.#over) return;
    let credential: string | null | undefined;
    try {
      credential = await this.#handlers.credential();
    } catch {
      return this.#end(null, 'The token provider failed');
    }
    if (!this.#over) this.#open(credential);
  }

  #open(credential: string | null | undefined): void {
    this.#phase = 'creation';
    try {
      this.#socket = createSocket(this.#settings, credential, this.#handlers.resume());
    } catch (error) {
      // Not the message: browsers quote the offending subprotocol, which is the credential.
      return this.#end(
        null,
        `The socket cannot be created: ${error instanceof Error ? error.name : 'Error'}`,
      );
    }
    this.#phase = 'handshake';
    const on = (type: SocketEventType, run: (event: SocketEvent) => void): void =>
      this.#socket?.addEventListener(type, (event) => {
        if (!this.#over) run(event);
      });
    on('open', () => this.#accepted(credential));
    on('message', ({ data }) => this.#received(data));
    on('close', ({ code = ABNORMAL_CLOSURE, reason = '' }) => this.#end(code, reason));
    // A close event follows an error; but `ws` throws an error that nobody listens to.
    on('error', () => {});
  }

  #accepted(token: string | null | undefined): void {
    const { ticket, tokenIn } = this.#settings;
    if (ticket || tokenIn !== 'message' || !token) return this.#opened();
    this.#transmit(JSON.stringify({ event: ReservedEvent.AUTH, data: { token }, id: LOGIN_ID }));
  }

  #opened(): void {
    this.#phase = 'open';
    this.#timer.stop();
    this.#heard();
    this.#handlers.opened();
  }

  #received(data: unknown): void {
    if (typeof data === 'string' && data.length > this.#settings.maxMessageLength) {
      return this.#end(CloseCode.MESSAGE_TOO_BIG, 'The server sent too long a message');
    }
    this.#heard();
    const frame = decodeFrame(data);
    // A login that failed is followed by a close code, which tells more.
    if (this.#phase === 'handshake' && frame?.id === LOGIN_ID) {
      if (frame.event === ReservedEvent.AUTH) this.#opened();
    } else if (frame) this.#handlers.received(frame);
  }

  #heard(): void {
    if (this.#phase !== 'open' || !(this.#heartbeatMs > 0)) return;
    const silence = Math.max(this.#heartbeatMs, SHORTEST_HEARTBEAT_MS);
    this.#timer.start(silence, () => {
      this.#transmit(JSON.stringify({ event: ReservedEvent.PING }));
      this.#timer.start(Math.min(silence, LONGEST_PONG_MS), () => this.#breakOff('The line went silent'));
    });
  }

  #transmit(text: string): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Does not wait for the closing handshake, which needs the other side. */
  #breakOff(reason: string): void {
    this.#end(this.#socket ? ABNORMAL_CLOSURE : null, reason);
  }

  #end(code: number | null, reason: string): void {
    if (this.#over) return;
    this.hangUp();
    this.#handlers.ended({ phase: this.#phase, code, reason });
  }
}

/** RFC 6455 §5.5: `close()` throws at a longer reason. */
function fitReason(reason: string): string {
  return reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON_BYTES)).read);
}
