import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join, sep } from 'node:path';
import { jest } from '@jest/globals';
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws';
import {
  WsClient,
  WS_SECURITY_PROTOCOL,
  type ClientState,
  type ClientStatus,
  type WsClientOptions,
} from 'nestjs-ws-security/client';

export interface SentFrame {
  event: string;
  data?: unknown;
  id?: number;
}

/** A queue that keeps items until a reader asks for them. */
export class Queue<T> {
  private readonly items: T[] = [];
  private readonly takers: ((item: T) => void)[] = [];

  push(item: T): void {
    const taker = this.takers.shift();
    if (taker) taker(item);
    else this.items.push(item);
  }

  next(): Promise<T> {
    if (this.items.length > 0) return Promise.resolve(this.items.shift() as T);
    return new Promise((resolve) => void this.takers.push(resolve));
  }

  get size(): number {
    return this.items.length;
  }
}

/** The server's side of one connection. */
export class Peer {
  readonly frames = new Queue<SentFrame>();
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(
    readonly socket: WebSocket,
    readonly offered: string[],
  ) {
    socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as SentFrame));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(...frames: (object | string)[]): void {
    for (const frame of frames) this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }
}

const selectProtocol = (): string => WS_SECURITY_PROTOCOL;

export class Server {
  readonly peers = new Queue<Peer>();

  private constructor(private readonly server: WebSocketServer) {
    server.on('connection', (socket, request) => {
      this.peers.push(new Peer(socket, (request.headers['sec-websocket-protocol'] ?? '').split(',')));
    });
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: selectProtocol,
      ...options,
    });
    await once(server, 'listening');
    return new Server(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/ws`;
  }

  stop(): void {
    for (const socket of this.server.clients) socket.terminate();
    this.server.close();
  }
}

/** Run by `useProtocolServers()` after each test. */
export const cleanups: (() => void)[] = [];

export async function serve(options?: ServerOptions): Promise<Server> {
  const server = await Server.start(options);
  cleanups.push(() => server.stop());
  return server;
}

export function clientOf(url: string, options: Partial<WsClientOptions> = {}) {
  const client = new WsClient({ url, WebSocket, random: () => 0, ...options });
  const statuses = new Queue<ClientStatus>();
  const states: ClientState[] = [];
  client.on('status', (status) => {
    states.push(status.state);
    statuses.push(status);
  });
  const until = async (state: ClientState): Promise<ClientStatus> => {
    for (;;) {
      const status = await statuses.next();
      if (status.state === state) return status;
    }
  };
  cleanups.unshift(() => client.close());
  return { client, states, until };
}

export async function connected(options?: Partial<WsClientOptions>) {
  const server = await serve();
  const side = clientOf(server.url, options);
  void side.client.connect();
  const [peer] = await Promise.all([server.peers.next(), side.until('open')]);
  return { server, peer, ...side };
}

export const session = (body: object = {}) => ({
  event: 'session',
  data: {
    connectionId: 'c1',
    principal: { id: 'alice', roles: ['user'] },
    expiresAt: null,
    heartbeatMs: 30_000,
    resume: null,
    ...body,
  },
});
export const goodbye = (reconnect: string, retryAfterMs = 0) => ({
  event: 'goodbye',
  data: { code: 1012, reason: 'restart', reconnect, retryAfterMs },
});
export const provider = (...tokens: (string | null)[]) =>
  jest.fn((_why: { reauthenticate: boolean }) => tokens.shift() ?? null);

/** The place of what sets the timers of clients. */
const CLIENT = join(process.cwd(), 'src', 'client', sep);

/** What else sets timers in these specs: `ws`, and the bundle of the client in a context of its own. */
const OTHERS = /[\\/]node_modules[\\/]ws[\\/]|evalmachine/;

/** By their handles, the delays in milliseconds of the timers that clients have set. */
const delays = new Map<unknown, number>();

/**
 * The delays in milliseconds of the timers of clients that have neither fired nor been stopped. Those of `ws` are not
 * among them, nor those of anything else in this process: all code in it gets the fake timers, also what a spec before
 * this one has left, of which a warning says where it is.
 */
export const clientTimers = (): number[] => [...delays.values()];

function watchTimers(): void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const watchedSet = (run: (...args: unknown[]) => void, delayMs: number, ...args: unknown[]): unknown => {
    const timer = set(() => {
      delays.delete(timer);
      run(...args);
    }, delayMs);
    const { stack = '' } = new Error();
    const setter = stack.split('\n')[2] ?? '';
    if (setter.includes(CLIENT)) delays.set(timer, delayMs);
    else if (!OTHERS.test(setter)) console.warn(`A timer that no client has set:\n${stack}`);
    return timer;
  };
  const watchedClear: typeof clear = (timer) => {
    delays.delete(timer);
    clear(timer);
  };
  Object.assign(globalThis, { setTimeout: watchedSet, clearTimeout: watchedClear });
}

/** Fakes the clock for each test. The sockets are real, so the functions that they need are not faked. */
export function useProtocolServers(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    watchTimers();
  });
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
    jest.useRealTimers();
    delays.clear();
  });
}
