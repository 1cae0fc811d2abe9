import type { Duplex } from 'node:stream';
import type { TestConnectOptions, TestRefusal } from 'nestjs-ws-security/testing';
import { WebSocket } from 'ws';
import { shakeHands } from '../../src/testing/test-handshake.js';

export interface Frame {
  event: string;
  data: Record<string, unknown> | null;
  id?: string | number;
  seq?: number;
}

/** Long enough for a slow machine. */
const HANDSHAKE_MS = 20_000;

export type Refusal = TestRefusal;

interface ConnectOptions extends Omit<TestConnectOptions, 'tls'> {
  /** A client certificate. */
  identity?: { cert: string; key: string };
}

/** A WebSocket client that queues frames and remembers its close, so that no test has to sleep. */
export class TestClient {
  private readonly frames: Frame[] = [];
  private readonly readers: ((frame: Frame) => void)[] = [];
  private ids = 0;
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.received(JSON.parse(data.toString()) as Frame));
  }

  /** Resolves when the connection is open. Rejects when the handshake is refused. */
  static async connect(url: string, options: ConnectOptions = {}): Promise<TestClient> {
    const outcome = await TestClient.attempt(url, options);
    if (outcome instanceof TestClient) return outcome;
    throw new Error(`refused with ${outcome.status} ${JSON.stringify(outcome.body)}`);
  }

  static refused(url: string, options: ConnectOptions = {}): Promise<Refusal> {
    return TestClient.attempt(url, options).then((outcome) => {
      if (outcome instanceof TestClient) throw new Error('the handshake was accepted');
      return outcome;
    });
  }

  private static async attempt(
    url: string,
    { identity, ...options }: ConnectOptions,
  ): Promise<TestClient | Refusal> {
    let client: TestClient | undefined;
    const outcome = await shakeHands(
      url,
      { timeoutMs: HANDSHAKE_MS, ...options, ...(identity && { tls: identity }) },
      (socket) => (client = new TestClient(socket)),
    );
    return outcome instanceof WebSocket ? (client as TestClient) : outcome;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Writes raw bytes in one piece, without the client's framing. */
  sendRaw(bytes: Buffer): void {
    // oxlint-disable-next-line no-underscore-dangle
    (this.socket as unknown as { _socket: Duplex })._socket.write(bytes);
  }

  /** Takes all frames that have arrived and were not read. */
  take(): Frame[] {
    return this.frames.splice(0);
  }

  /** The next unread frame, now or when it arrives. */
  next(): Promise<Frame> {
    const frame = this.frames.shift();
    return frame ? Promise.resolve(frame) : new Promise((resolve) => this.readers.push(resolve));
  }

  /** Sends a request and returns the next frame with its id. */
  async request(event: string, data?: unknown): Promise<Frame> {
    const id = ++this.ids;
    this.send({ event, data, id });
    for (;;) {
      const frame = await this.next();
      if (frame.id === id) return frame;
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private received(frame: Frame): void {
    const reader = this.readers.shift();
    if (reader) reader(frame);
    else this.frames.push(frame);
  }
}
