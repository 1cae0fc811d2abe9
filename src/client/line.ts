import { CloseCode } from '../protocol/close-code.enum.js';
import { ReservedEvent } from '../protocol/reserved-event.js';
import type { Dialer } from './dialer.js';
import { decodeFrame, type Frame } from './frame.js';
import { Timer } from './timer.js';
import type { SocketEvent, SocketEventType, WebSocketLike } from './web-socket-like.js';

/** RFC 6455 §7.4.1: the connection ended without a close frame. */
export const ABNORMAL_CLOSURE = 1006;
const OPEN = 1;
const LONGEST_PONG_MS = 10_000;
const LONGEST_REASON_BYTES = 123;

export interface LineEnd {
  /** How far it came. */
  phase: 'credential' | 'creation' | 'handshake' | 'open';
  /** Null when there was no socket to close. */
  code: number | null;
  reason: string;
}

export interface LineHandlers {
  opened(): void;
  received(frame: Frame): void;
  ended(end: LineEnd): void;
}

/** One connection from its credential to its end. It ends once, and after `hangUp()` nothing of it is heard. */
export class Line {
  private phase: LineEnd['phase'] = 'credential';
  private over = false;
  private socket: WebSocketLike | undefined;
  private heartbeatMs = 0;
  /** The attempt's deadline, then the one of the next sign of life. */
  private readonly timer = new Timer();

  constructor(
    private readonly dialer: Dialer,
    private readonly handlers: LineHandlers,
    timeoutMs: number,
  ) {
    this.timer.start(timeoutMs, () => this.breakOff('The connection attempt timed out'));
    // Later, so that whoever creates the line holds it before any handler is called.
    queueMicrotask(() => void this.dial());
  }

  /** False when the socket is not open. */
  send(frame: object): boolean {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** From now on, silence for `heartbeatMs` is answered with a ping, and silence after it ends the line. */
  watch(heartbeatMs: number): void {
    this.heartbeatMs = heartbeatMs;
    this.heard();
  }

  hangUp(reason = ''): void {
    this.over = true;
    this.timer.stop();
    this.socket?.close(CloseCode.NORMAL, fitReason(reason));
  }

  private async dial(): Promise<void> {
    if (this.over) return;
    let credential: string | null;
    try {
      credential = await this.dialer.credential();
    } catch {
      return this.end(null, 'The token provider failed');
    }
    if (!this.over) this.open(credential);
  }

  private open(credential: string | null): void {
    this.phase = 'creation';
    try {
      this.socket = this.dialer.createSocket(credential);
    } catch (error) {
      // Not the message: browsers quote the offending subprotocol, which is the credential.
      return this.end(null, `The socket cannot be created: ${error instanceof Error ? error.name : 'Error'}`);
    }
    this.phase = 'handshake';
    this.listen(this.socket);
  }

  private listen(socket: WebSocketLike): void {
    const on = (type: SocketEventType, run: (event: SocketEvent) => void): void =>
      socket.addEventListener(type, (event) => {
        if (!this.over) run(event);
      });
    on('open', () => this.opened());
    on('message', ({ data }) => this.received(data));
    on('close', ({ code = ABNORMAL_CLOSURE, reason = '' }) => this.end(code, reason));
    // A close event follows an error; but `ws` throws an error that nobody listens to.
    on('error', () => {});
  }

  private opened(): void {
    this.phase = 'open';
    this.timer.stop();
    this.handlers.opened();
  }

  private received(data: unknown): void {
    this.heard();
    const frame = decodeFrame(data);
    if (frame) this.handlers.received(frame);
  }

  private heard(): void {
    if (this.heartbeatMs > 0) this.timer.start(this.heartbeatMs, () => this.probe());
  }

  private probe(): void {
    this.send({ event: ReservedEvent.PING });
    const patience = Math.min(this.heartbeatMs, LONGEST_PONG_MS);
    this.timer.start(patience, () => this.breakOff('The line went silent'));
  }

  /** Does not wait for the closing handshake, which needs the other side. */
  private breakOff(reason: string): void {
    this.end(this.socket ? ABNORMAL_CLOSURE : null, reason);
  }

  private end(code: number | null, reason: string): void {
    if (this.over) return;
    this.hangUp();
    this.handlers.ended({ phase: this.phase, code, reason });
  }
}

/** RFC 6455 §5.5: `close()` throws at a longer reason. */
function fitReason(reason: string): string {
  return reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(LONGEST_REASON_BYTES)).read);
}
