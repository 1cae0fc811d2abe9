import { connect, type Socket } from 'node:net';
import { close, frame, Opcode, text } from './raw-frames.js';
import { requestText } from './raw-handshake.js';
import { ServerFrames } from './server-frames.js';

/** The answer to the key of every request of `requestText()` (RFC 6455 §1.3). */
const ACCEPT = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const EXTENSIONS = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

interface VisitorOptions {
  token?: string;
  protocols: string[];
  onOpen: (visitor: Visitor) => void;
  onClose: () => void;
  /** Called when the handshake is not accepted. */
  onError: (error: Error) => void;
}

/** A WebSocket client for thousands of visits, each of which takes a fraction of what one of `ws` does. */
export class Visitor {
  readonly #socket: Socket;
  readonly #frames = new ServerFrames();
  #head: string | undefined = '';
  #onMessage: (text: string) => void = () => undefined;

  private constructor(
    { port, pathname, search }: URL,
    private readonly options: VisitorOptions,
  ) {
    const { token, protocols, onClose, onError } = options;
    const asked = {
      ...EXTENSIONS,
      Authorization: token === undefined ? null : `Bearer ${token}`,
      'Sec-WebSocket-Protocol': protocols.length === 0 ? null : protocols.join(','),
    };
    this.#socket = connect(Number(port), '127.0.0.1');
    this.#socket.write(requestText(pathname + search, asked));
    this.#socket.on('data', (chunk: Buffer) => this.#received(chunk));
    this.#socket.on('error', (error) => this.#head !== undefined && onError(error));
    this.#socket.on('close', () => {
      if (this.#head === undefined) onClose();
      else onError(new Error(`not accepted: ${this.#head}`));
    });
  }

  static arrive(url: URL, options: VisitorOptions): Visitor {
    return new Visitor(url, options);
  }

  onMessage(listener: (text: string) => void): void {
    this.#onMessage = listener;
  }

  send(message: string): void {
    this.#socket.write(text(message));
  }

  /** Begins the closing handshake, without a code if there is none. */
  close(code?: number): void {
    this.#socket.write(code === undefined ? frame({ opcode: Opcode.CLOSE }) : close(code));
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    try {
      this.#read(this.#head === undefined ? chunk : this.#upgrade(this.#head + chunk.toString('latin1')));
    } catch (error) {
      this.options.onError(error as Error);
      this.terminate();
    }
  }

  #read(bytes: Buffer): void {
    for (const { opcode, payload } of this.#frames.read(bytes))
      if (opcode === Opcode.TEXT) this.#onMessage(payload.toString());
  }

  /** @returns the bytes after the answer to the handshake */
  #upgrade(head: string): Buffer {
    this.#head = head;
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return Buffer.alloc(0);
    this.#check(head.slice(0, end).split('\r\n'));
    this.#head = undefined;
    this.options.onOpen(this);
    return Buffer.from(head.slice(end + 4), 'latin1');
  }

  #check([status = '', ...lines]: string[]): void {
    const selected = lines.find((line) => line.startsWith('Sec-WebSocket-Protocol: '))?.slice(24);
    const { protocols } = this.options;
    const isSelected = selected === undefined ? protocols.length === 0 : protocols.includes(selected);
    if (!status.startsWith('HTTP/1.1 101 ') || !lines.includes(ACCEPT) || !isSelected)
      throw new Error(`not accepted: ${[status, ...lines].join('\n')}`);
  }
}
