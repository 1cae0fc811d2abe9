import type { Socket } from 'node:net';
import { clientFrame, Opcode } from './frames.js';
import { FrameReader } from './frame-reader.js';
import { openSocket, type TlsUse } from './socket.js';

const OPEN_TIMEOUT_MS = 20_000;
const ANSWER_TIMEOUT_MS = 10_000;
const HEAD_END = Buffer.from('\r\n\r\n');

export interface Handshake {
  readonly port: number;
  /** The source address. Default: chosen by the system. */
  readonly source?: string | undefined;
  /** Missing or false: no TLS. */
  readonly tls?: TlsUse | boolean | undefined;
  /** The complete HTTP request. */
  readonly request: Buffer;
  /** How long the client waits until it is connected. Default: 20 seconds. */
  readonly timeoutMs?: number;
  /** For protocols that log in after 101: the text to send, and the start of its answer. */
  readonly login?: { readonly text: string; readonly accepted: string } | undefined;
  /** Gets every text from the first one on, instead of `onFrame`. */
  readonly onText?: ((text: string) => void) | undefined;
}

/** The server refused the connection. `status` is 0 when it was cut or refused after 101. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(`refused: ${text}`);
  }
}

/** A WebSocket client directly on the socket, so that it costs less than the measured server. */
export class RawConnection {
  onFrame: (length: number) => void = () => undefined;
  /** Called after all frames of one read. */
  onRead: () => void = () => undefined;
  onClose: () => void = () => undefined;
  isOpen = false;
  isClosed = false;
  private readonly socket: Socket;
  private readonly reader = new FrameReader((opcode, length, text) => this.frame(opcode, length, text));
  private head: Buffer | undefined = Buffer.alloc(0);
  private texts: ((text: string | undefined) => void) | undefined;
  private opened: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(private readonly handshake: Handshake) {
    const { port, source, tls, request } = handshake;
    this.socket = openSocket({
      port,
      source,
      tls,
      onRead: (buffer, size) => this.read(buffer, size),
      onReady: () => this.socket.write(request),
    });
    this.socket.on('error', (error) => this.fail(new RefusedError(0, error.message)));
    this.socket.on('end', () => this.socket.destroy());
    this.socket.on('close', () => {
      this.isOpen = false;
      this.isClosed = true;
      this.fail(new RefusedError(0, 'cut off'));
      this.texts?.(undefined);
      this.onClose();
    });
  }

  /** @throws RefusedError */
  static open(handshake: Handshake): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const connection = new RawConnection(handshake);
      const { timeoutMs = OPEN_TIMEOUT_MS } = handshake;
      const timer = setTimeout(() => {
        connection.fail(new RefusedError(0, `nothing within ${timeoutMs} ms`));
      }, timeoutMs);
      const settled = (): void => {
        clearTimeout(timer);
        connection.opened = undefined;
      };
      connection.opened = {
        resolve: () => {
          settled();
          connection.isOpen = true;
          connection.reader.keeps = connection.keepsTexts;
          resolve(connection);
        },
        reject: (error) => {
          settled();
          connection.socket.destroy();
          reject(error);
        },
      };
    });
  }

  write(bytes: Buffer): void {
    if (!this.isClosed) this.socket.write(bytes);
  }

  /** Sends a text. @returns the next text, or undefined when the connection closes or stays silent */
  ask(text: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<string | undefined> {
    const answered = this.next(timeoutMs);
    this.write(clientFrame(text));
    return answered;
  }

  next(timeoutMs = ANSWER_TIMEOUT_MS): Promise<string | undefined> {
    if (this.isClosed) return Promise.resolve(undefined);
    this.reader.keeps = true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.texts?.(undefined), timeoutMs);
      this.texts = (text) => {
        clearTimeout(timer);
        this.texts = undefined;
        this.reader.keeps = this.keepsTexts;
        resolve(text);
      };
    });
  }

  /** Disconnects without a closing handshake, like a client that loses the network. */
  destroy(): void {
    this.isOpen = false;
    this.socket.destroy();
  }

  private get keepsTexts(): boolean {
    return this.handshake.onText !== undefined;
  }

  private read(buffer: Buffer, size: number): void {
    if (this.head === undefined) this.reader.push(buffer, size);
    else this.readHead(Buffer.concat([this.head, buffer.subarray(0, size)]));
    this.onRead();
  }

  private readHead(head: Buffer): void {
    const end = head.indexOf(HEAD_END);
    const status = Number(head.toString('latin1', 9, 12));
    if (head.length >= 12 && status !== 101) {
      this.fail(new RefusedError(status, head.toString('latin1', 0, 100)));
      return;
    }
    this.head = end === -1 ? head : undefined;
    if (end === -1) return;
    const { login } = this.handshake;
    const rest = head.subarray(end + HEAD_END.length);
    if (login) {
      this.reader.keeps = true;
      this.write(clientFrame(login.text));
    } else {
      this.opened?.resolve();
    }
    this.reader.push(rest, rest.length);
  }

  private frame(opcode: number, length: number, text: string): void {
    if (opcode === Opcode.TEXT) this.text(length, text);
    // Heartbeats have no payload. That of a drain is needed, and is kept by clients that read texts.
    else if (opcode === Opcode.PING) this.write(clientFrame(text, Opcode.PONG));
    else if (opcode === Opcode.CLOSE) this.closing();
  }

  private text(length: number, text: string): void {
    if (this.opened) {
      const { accepted } = this.handshake.login ?? {};
      if (accepted !== undefined && text.startsWith(accepted)) this.opened.resolve();
      else if (text.startsWith('44')) this.fail(new RefusedError(0, text));
    } else if (this.texts) this.texts(text);
    else if (this.handshake.onText) this.handshake.onText(text);
    else this.onFrame(length);
  }

  private closing(): void {
    this.fail(new RefusedError(0, 'closed'));
    this.socket.destroy();
  }

  private fail(error: RefusedError): void {
    this.opened?.reject(error);
  }
}
