import { WebSocket } from 'ws';
import { DEFAULT_TIMEOUT_MS, within } from './deadline.js';
import { FrameQueue, type TestClose, type TestFrame } from './frame-queue.js';
import { shakeHands } from './test-handshake.js';
import type { TestConnectOptions, TestRefusal } from './test-handshake.interface.js';

/**
 * A WebSocket client that queues frames and remembers the close, so that tests never sleep. All waits have a
 * deadline, and errors describe what was expected and what arrived.
 *
 * @publicApi
 */
export class TestClient {
  private readonly socket: WebSocket;
  private readonly queue: FrameQueue;
  private ids = 0;
  /** Resolves when the connection has ended, and never rejects. Use `expectClose()` for a deadline. */
  readonly closed: Promise<TestClose>;

  private constructor(
    socket: WebSocket,
    /** The timeout of each wait in milliseconds. */
    readonly timeoutMs: number,
  ) {
    this.socket = socket;
    this.queue = new FrameQueue();
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.queue.push(data.toString()));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        const end = { code, reason: reason.toString() };
        this.queue.close(end);
        resolve(end);
      });
    });
  }

  /**
   * Resolves when the connection is open.
   *
   * @throws Error with status and code if the handshake is refused
   */
  static async connect(url: string, options: TestConnectOptions = {}): Promise<TestClient> {
    const outcome = await TestClient.attempt(url, options);
    if (outcome instanceof TestClient) return outcome;
    throw new Error(`the handshake was refused with ${outcome.status} ${outcome.code}`.trimEnd());
  }

  /**
   * Resolves with the HTTP response that refuses the handshake.
   *
   * @throws Error if it is accepted
   */
  static async refused(url: string, options: TestConnectOptions = {}): Promise<TestRefusal> {
    const outcome = await TestClient.attempt(url, options);
    if (!(outcome instanceof TestClient)) return outcome;
    outcome.socket.terminate();
    throw new Error('expected the handshake to be refused, but it was accepted');
  }

  private static async attempt(url: string, options: TestConnectOptions): Promise<TestClient | TestRefusal> {
    let client: TestClient | undefined;
    const outcome = await shakeHands(url, options, (socket) => {
      client = new TestClient(socket, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    });
    return outcome instanceof WebSocket ? (client as TestClient) : outcome;
  }

  /** The subprotocol the server selected, or an empty string. */
  get protocol(): string {
    return this.socket.protocol;
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Sends a string unchanged, and any other value as JSON. */
  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Sends a request and returns its reply or its `exception`. Other frames stay queued. */
  async request<T = unknown>(event: string, data?: unknown): Promise<TestFrame<T>> {
    const id = `test-${++this.ids}`;
    this.send({ event, data, id });
    const reply = await this.queue.next(
      `the reply to ${JSON.stringify(event)}`,
      this.timeoutMs,
      (frame) => frame.id === id,
    );
    return reply as TestFrame<T>;
  }

  /**
   * Returns the next frame, queued or future.
   *
   * @param event the event to wait for; other frames stay queued
   */
  async next<T = unknown>(event?: string): Promise<TestFrame<T>> {
    const awaited = event === undefined ? 'a frame' : `a frame ${JSON.stringify(event)}`;
    const frame = await this.queue.next(
      awaited,
      this.timeoutMs,
      (one) => event === undefined || one.event === event,
    );
    return frame as TestFrame<T>;
  }

  /** Returns all unread frames, and removes them from the queue. */
  take(): TestFrame[] {
    return this.queue.take();
  }

  /** Describes the frames that `take()` would return, for error messages. */
  describe(): string {
    return this.queue.describe();
  }

  /** Closes with 1000 and waits for the end. */
  async close(): Promise<void> {
    this.socket.close(1000);
    await within(this.timeoutMs, this.closed, () => {
      this.socket.terminate();
      return 'the server did not answer the closing handshake';
    });
  }
}
