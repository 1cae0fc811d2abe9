import { WebSocket } from 'ws';
import { shakeHands } from '../../../src/testing/test-handshake.js';
import type { Frame } from '../test-client.js';

const HANDSHAKE_MS = 20_000;

export interface PeerOptions {
  token?: string;
  protocols?: string[];
  /** Hears of every frame that answers no request. */
  onFrame?: (frame: Frame) => void;
}

interface Request {
  readonly event: string;
  readonly sentAt: number;
  resolve(frame: Frame | undefined): void;
}

/** A client that remembers when it was open for sure, by the monotonic clock. */
export class Peer {
  readonly openedAt = performance.now();
  /** Until then it was open; `Infinity` while it is. */
  openUntil = Infinity;
  readonly closed: Promise<number>;
  private readonly pending = new Map<number, Request>();
  private ids = 0;

  private constructor(
    private readonly socket: WebSocket,
    closed: Promise<number>,
    private readonly earlier: Frame[],
    private readonly onFrame: (frame: Frame) => void,
  ) {
    this.closed = closed.then((code) => {
      this.openUntil = Math.min(this.openUntil, performance.now());
      for (const request of this.pending.values()) request.resolve(undefined);
      this.pending.clear();
      return code;
    });
  }

  /** @returns the status of a refusal; 0 when there was no answer */
  static async connect(
    url: string,
    { token, protocols = [], onFrame }: PeerOptions = {},
  ): Promise<Peer | number> {
    const earlier: Frame[] = [];
    let peer: Peer | undefined;
    let closed: Promise<number> = Promise.resolve(0);
    const attach = (socket: WebSocket): void => {
      closed = new Promise((resolve) => socket.on('close', (code: number) => resolve(code)));
      socket.on('error', () => undefined);
      socket.on('message', (bytes: Buffer) => {
        const frame = JSON.parse(bytes.toString()) as Frame;
        if (peer) peer.received(frame);
        else earlier.push(frame);
      });
    };
    const options = { protocols, timeoutMs: HANDSHAKE_MS, ...(token !== undefined && { token }) };
    const outcome = await shakeHands(url, options, attach).catch(() => undefined);
    if (!(outcome instanceof WebSocket)) return outcome?.status ?? 0;
    peer = new Peer(outcome, closed, earlier, onFrame ?? (() => undefined));
    peer.begin();
    return peer;
  }

  get isOpen(): boolean {
    return this.openUntil === Infinity;
  }

  /** The oldest request without an answer. */
  get oldest(): Pick<Request, 'event' | 'sentAt'> | undefined {
    return this.pending.values().next().value;
  }

  /** @returns undefined when the connection ends first */
  request(event: string, data: unknown): Promise<Frame | undefined> {
    if (!this.isOpen || this.socket.readyState !== WebSocket.OPEN) return Promise.resolve(undefined);
    const id = ++this.ids;
    return new Promise((resolve) => {
      this.pending.set(id, { event, sentAt: performance.now(), resolve });
      this.socket.send(JSON.stringify({ event, data, id }));
    });
  }

  /** Says goodbye. */
  close(): void {
    this.openUntil = Math.min(this.openUntil, performance.now());
    this.socket.close();
  }

  /** Breaks the connection. */
  cut(): void {
    this.openUntil = Math.min(this.openUntil, performance.now());
    this.socket.terminate();
  }

  private begin(): void {
    for (const frame of this.earlier.splice(0)) this.received(frame);
  }

  private received(frame: Frame): void {
    const request = typeof frame.id === 'number' ? this.pending.get(frame.id) : undefined;
    if (!request) {
      this.onFrame(frame);
      return;
    }
    this.pending.delete(frame.id as number);
    request.resolve(frame);
  }
}
