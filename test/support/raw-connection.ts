import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { frame, Opcode } from './raw-frames.js';
import { requestText } from './raw-handshake.js';
import { ServerFrames } from './server-frames.js';

export interface Target {
  url: string;
  token: string;
}

/** Long enough for a slow and busy machine; only a failed server takes longer. */
const DEADLINE_MS = 30_000;

/**
 * A WebSocket client that sends a valid handshake and then any bytes that the test writes. It queues what arrives, and
 * fails when the server violates the protocol.
 */
export class RawConnection {
  readonly messages: string[] = [];
  readonly pongs: Buffer[] = [];
  /** The payload of the server's close frame. */
  closing: Buffer | undefined;
  private head: Buffer | undefined = Buffer.alloc(0);
  private hasEnded = false;
  private failure: unknown;
  private readonly frames = new ServerFrames();
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    // One packet per write.
    socket.setNoDelay();
    socket.on('data', (chunk: Buffer) => this.attempt(() => this.receive(chunk)));
    socket.on('end', () =>
      this.attempt(() => {
        this.hasEnded = true;
        this.frames.end();
      }),
    );
    socket.on('error', (error) =>
      this.attempt(() => {
        // The server has closed, and reads only so much of what is still being written.
        if (this.closing === undefined || !isCut(error)) throw error;
        this.hasEnded = true;
      }),
    );
  }

  /** @param first bytes to send in one write with the handshake */
  static async open({ url, token }: Target, first: Buffer = Buffer.alloc(0)): Promise<RawConnection> {
    const { protocol, port } = new URL(url);
    const at = { port: Number(port), host: '127.0.0.1' };
    const socket = protocol === 'https:' ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
    const connection = new RawConnection(socket);
    const request = Buffer.from(requestText('/ws', { Authorization: `Bearer ${token}` }));
    socket.write(Buffer.concat([request, first]));
    await connection.until(() => connection.head === undefined, 'an answer to the handshake');
    return connection;
  }

  /** Writes bytes. They are dropped if the server has ended the connection. */
  write(bytes: Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Resolves when the condition holds. Rejects when the connection ends or time runs out before. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = setTimeout(() => this.attempt(() => fail(`${what} did not come in time`)), DEADLINE_MS);
    try {
      while (!condition()) {
        if (this.failure !== undefined) throw this.failure;
        if (this.hasEnded) fail(`the connection ended before ${what}`);
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Waits for the close frame, answers it (RFC 6455 §5.5.1), and waits for the server to end the connection. */
  async closed(): Promise<Buffer> {
    await this.until(() => this.closing !== undefined, 'a close frame');
    const payload = this.closing as Buffer;
    this.write(frame({ opcode: Opcode.CLOSE, payload: payload.subarray(0, 2) }));
    await this.until(() => this.hasEnded, 'the end of the connection');
    if (this.failure !== undefined) throw this.failure;
    return payload;
  }

  /** Ends its side of the connection, and waits until the server has ended the other side. */
  async finish(): Promise<void> {
    this.socket.end();
    await this.until(() => this.hasEnded, 'the end of the connection');
    if (this.failure !== undefined) throw this.failure;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    const bytes = this.head === undefined ? chunk : this.upgrade(Buffer.concat([this.head, chunk]));
    for (const { opcode, payload } of this.frames.read(bytes)) {
      if (opcode === Opcode.TEXT) this.messages.push(payload.toString());
      else if (opcode === Opcode.PONG) this.pongs.push(payload);
      else if (opcode === Opcode.CLOSE) this.closing = payload;
      else fail(`the server sent a frame with the opcode ${opcode}`);
    }
  }

  /** @returns the bytes after the answer to the handshake */
  private upgrade(head: Buffer): Buffer {
    this.head = head;
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return Buffer.alloc(0);
    const answer = head.toString('latin1', 0, end);
    if (!answer.startsWith('HTTP/1.1 101 ')) fail(`the handshake was refused: ${answer}`);
    this.head = undefined;
    return head.subarray(end + 4);
  }

  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.failure ??= error;
    }
    this.wake();
  }
}

/** Whether the error of a socket means that the other side has cut the connection. */
export function isCut(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function fail(message: string): never {
  throw new Error(message);
}
