import type { Server } from 'node:http';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  CloseCode,
  ConnectionRegistry,
  SecureGateway,
  WsPublic,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { WebSocket as Client, type WebSocket } from 'ws';
import { certificate } from '../support/certificate.js';
import { EchoDto } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { close, fragments, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { requestText } from '../support/raw-handshake.js';
import { startApp, type RunningApp } from '../support/start-app.js';

const MIB = 1_048_576;
/** How much longer TLS records are than the bytes in them. */
const TLS_OVERHEAD = 1.02;

@SecureGateway({ path: '/public', public: true })
class PublicGateway {
  /** The frames for which `ws` emitted an event. */
  static heard: string[] = [];
  static closedWith: unknown[] = [];

  handleConnection(client: WebSocket): void {
    for (const event of ['message', 'ping', 'pong'])
      client.on(event, () => void PublicGateway.heard.push(event));
  }

  handleDisconnect(_client: WebSocket, code: unknown): void {
    PublicGateway.closedWith.push(code);
  }

  @WsPublic()
  @SubscribeMessage('echo')
  echo(@MessageBody() { text: said }: EchoDto): string {
    return said;
  }
}

@SecureGateway({ path: '/members' })
class MembersGateway {}

/** Three kinds of bytes that a client may keep sending without end. */
const JUNK = {
  'unmasked frames of two bytes': Buffer.from('8a00'.repeat(32_768), 'hex'),
  'masked pings': Buffer.concat(Array.from({ length: 8192 }, () => ping('ab'))),
  'one frame that is too large': Buffer.alloc(65_536, 0x41),
};
type JunkName = keyof typeof JUNK;

let running: RunningApp;
let clock: ManualClock;
let served: Socket;

async function start(options: WsSecurityOptions = {}, isSecure = false): Promise<void> {
  PublicGateway.heard = [];
  PublicGateway.closedWith = [];
  // The clock stands still, so no timeout ends the connection.
  clock = new ManualClock();
  running = await startApp({
    gateways: [PublicGateway, MembersGateway],
    clock,
    options,
    ...(isSecure && { tls: await certificate() }),
  });
  (running.app.getHttpServer() as Server).on('connection', (socket: Socket) => (served = socket));
}

afterEach(() => running.close());

/** A client that writes raw bytes and keeps sending after the server has closed. */
class StubbornClient {
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;
  private readonly socket: Socket;
  /** Bytes that are added to each write. */
  behind = Buffer.alloc(0);

  constructor(isSecure: boolean, path: string) {
    const at = { port: running.port, host: '127.0.0.1', allowHalfOpen: true };
    this.socket = isSecure ? connectTls({ ...at, rejectUnauthorized: false }) : connectTcp(at);
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    this.socket.write(requestText(path));
  }

  write(bytes: Buffer): void {
    this.socket.write(Buffer.concat([bytes, this.behind]));
  }

  async until(condition: (received: string) => boolean): Promise<void> {
    while (!condition(this.received.toString('latin1')))
      await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Sends 8 MiB without reading. @returns how many bytes the server had read when it cut the connection */
  async keepSending(junk: Buffer, first: Buffer = Buffer.alloc(0)): Promise<number> {
    if (served.destroyed) return 0;
    const cut = new Promise((resolve) => served.once('close', resolve));
    const before = served.bytesRead;
    this.socket.write(Buffer.concat([first, junk]));
    for (let sent = 0; sent < 8 * MIB; sent += junk.length) this.socket.write(junk);
    await cut;
    this.socket.destroy();
    return served.bytesRead - before;
  }

  /** Waits for the server's FIN and ends the connection too. */
  async end(): Promise<void> {
    await new Promise((resolve) => this.socket.once('end', resolve));
    this.socket.end();
  }
}

/** Whether the server has sent a close frame with this code. */
const closeOf = (code: number) => (received: string) =>
  received.includes(String.fromCharCode(code >> 8, code & 0xff), received.indexOf('\r\n\r\n') + 5);

const kickAll = (): void => {
  for (const connection of running.app.get(ConnectionRegistry))
    connection.close(CloseCode.FORBIDDEN, 'kicked');
};

interface End {
  path?: string;
  options?: WsSecurityOptions;
  /** Makes the server close the connection. @returns the expected close code */
  end?: (client: StubbornClient) => number;
}

const ENDS: Record<string, End> = {
  'it sent a Close': { end: (client) => (client.write(close(1000)), 1000) },
  'it broke the protocol': {
    end: (client) => (client.write(frame({ mask: null })), CloseCode.PROTOCOL_ERROR),
  },
  'it sent a frame that is too large': {
    end: (client) => (client.write(text('', { length: 1_000_000n })), CloseCode.MESSAGE_TOO_BIG),
  },
  'it sent too many fragments': {
    options: { frameBurst: 1000 },
    end: (client) => {
      client.write(Buffer.concat(fragments(Array<string>(100).fill('a'))));
      return CloseCode.POLICY_VIOLATION;
    },
  },
  'it sent a binary frame': {
    end: (client) => (client.write(frame({ opcode: Opcode.BINARY })), CloseCode.UNSUPPORTED_DATA),
  },
  'it struck out': {
    options: { strikeLimit: 2 },
    end: (client) => (client.write(Buffer.concat([text('no'), text('no')])), CloseCode.TOO_MANY_REQUESTS),
  },
  'it was kicked': { end: () => (kickAll(), CloseCode.FORBIDDEN) },
  'its login failed': {
    path: '/members',
    options: { authSources: ['message'] },
    end: (client) => (
      client.write(text('{"event":"auth","data":{"token":"a.b.c"}}')),
      CloseCode.UNAUTHENTICATED
    ),
  },
  'it was refused with a close code': {
    path: '/members',
    options: { rejectWith: 'close' },
    end: () => CloseCode.UNAUTHENTICATED,
  },
};

const cases = Object.keys(ENDS).flatMap((end) => Object.keys(JUNK).map((junk) => [end, junk] as const));

/** Ends a connection and keeps sending. @returns how many bytes the server read after the close */
async function readAfter(
  { path = '/public', options, end }: End,
  junk: JunkName,
  isSecure = false,
): Promise<number> {
  await start(options, isSecure);
  const client = new StubbornClient(isSecure, path);
  await client.until((received) => received.startsWith('HTTP/1.1 101') && received.includes('\r\n\r\n'));
  const code = end?.(client) ?? CloseCode.UNAUTHENTICATED;
  await client.until(closeOf(code));
  PublicGateway.heard = [];
  return client.keepSending(JUNK[junk]);
}

it.each(cases)(
  'R13 after %s a client that keeps sending %s is cut off within 1 MiB, and nothing is parsed',
  async (end, junk) => {
    expect(await readAfter(ENDS[end] as End, junk as JunkName)).toBeLessThanOrEqual(MIB);
    expect(PublicGateway.heard).toEqual([]);
  },
);

it.each(Object.keys(ENDS))(
  'R13 over TLS a client that keeps sending is cut off too after %s',
  async (end) => {
    expect(await readAfter(ENDS[end] as End, 'masked pings', true)).toBeLessThanOrEqual(MIB * TLS_OVERHEAD);
    expect(PublicGateway.heard).toEqual([]);
  },
);

describe.each([
  ['TCP', false],
  ['TLS', true],
])('over %s, with junk in the same write as the cause of the close', (_name, isSecure) => {
  const MOST = MIB * TLS_OVERHEAD;

  it.each(Object.keys(ENDS))('R13 a client that keeps sending is cut off after %s', async (name) => {
    const { path = '/public', options, end } = ENDS[name] as End;
    await start(options, isSecure);
    const client = new StubbornClient(isSecure, path);
    await client.until((received) => received.includes('\r\n\r\n'));
    const before = served.bytesRead;
    const junk = JUNK['masked pings'];
    client.behind = junk;
    end?.(client);
    client.behind = Buffer.alloc(0);
    await client.keepSending(junk);
    expect(served.bytesRead - before).toBeLessThanOrEqual(MOST);
  });

  it.each(Object.keys(ENDS))(
    'R13 a client that answers the Close and keeps sending is cut off after %s',
    async (name) => {
      const { path = '/public', options, end } = ENDS[name] as End;
      await start(options, isSecure);
      const client = new StubbornClient(isSecure, path);
      await client.until((received) => received.includes('\r\n\r\n'));
      const code = end?.(client) ?? CloseCode.UNAUTHENTICATED;
      await client.until(closeOf(code));
      const junk = JUNK['masked pings'];
      expect(await client.keepSending(junk, close(1000))).toBeLessThanOrEqual(MOST);
    },
  );
});

it('R13 a client that keeps sending after an HTTP refusal is cut off', async () => {
  await start();
  const client = new StubbornClient(false, '/members');
  await client.until((received) => received.startsWith('HTTP/1.1 401'));
  expect(await client.keepSending(JUNK['masked pings'])).toBeLessThanOrEqual(MIB);
});

it('a client that was in the middle of a frame when the server closed can still close cleanly', async () => {
  await start();
  const client = new StubbornClient(false, '/public');
  await client.until((received) => received.includes('\r\n\r\n'));
  const message = text(JSON.stringify({ event: 'echo', data: { text: 'a'.repeat(90) } }));
  client.write(message.subarray(0, 40));
  await new Promise((resolve) => served.once('data', resolve));
  kickAll();
  await client.until(closeOf(CloseCode.FORBIDDEN));
  const ended = new Promise((resolve) => served.once('close', resolve));
  client.write(
    Buffer.concat([message.subarray(40), message, ping('still here'), close(CloseCode.FORBIDDEN)]),
  );
  await client.end();
  await ended;
  expect(PublicGateway.closedWith).toEqual([CloseCode.FORBIDDEN]);
});

it.each([
  ['that is kicked', '/public', {}, CloseCode.FORBIDDEN],
  ['that is refused', '/members', { rejectWith: 'close' }, CloseCode.UNAUTHENTICATED],
] as const)(
  'over TLS a client %s receives the close code and closes cleanly',
  async (_what, path, options, code) => {
    await start(options, true);
    const client = new Client(`${running.url}${path}`, { rejectUnauthorized: false });
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const closed = new Promise((resolve) => client.on('close', resolve));
    await new Promise((resolve) => client.on('open', resolve));
    kickAll();
    expect(await closed).toBe(code);
    expect(errors).toEqual([]);
    if (path === '/public') {
      while (PublicGateway.closedWith.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(PublicGateway.closedWith).toEqual([code]);
    }
  },
);

describe('with rejectWith: close', () => {
  /** The close code or HTTP status of each of `count` handshakes. */
  async function outcomes(count: number): Promise<number[]> {
    const codes: number[] = [];
    for (let i = 0; i < count; i++) {
      const outcome = await attempt();
      codes.push(outcome);
    }
    return codes;
  }

  async function attempt(): Promise<number> {
    const socket = new Client(`${running.url}/public`);
    const { status, code } = await new Promise<{ status?: number; code?: number }>((resolve) => {
      socket.on('unexpected-response', (_request, { statusCode }) =>
        resolve({ status: statusCode as number }),
      );
      socket.on('close', (closedWith) => resolve({ code: closedWith }));
      socket.on('error', () => undefined);
      socket.on('open', () => setImmediate(() => socket.close(1000)));
    });
    socket.terminate();
    return status ?? (code as number);
  }

  it('R13 an address far over its rate is refused over HTTP instead of with a close code', async () => {
    await start({ rejectWith: 'close', connectRateLimit: 3, connectRateTtlMs: 1000 });
    expect(await outcomes(10)).toEqual([1000, 1000, 1000, 4429, 4429, 4429, 429, 429, 429, 429]);
    clock.advance(1001);
    expect(await outcomes(4)).toEqual([1000, 1000, 1000, 4429]);
  });

  it('R13 so is a banned address', async () => {
    await start({ rejectWith: 'close', connectRateLimit: 4, strikeLimit: 1, banMs: 60_000 });
    const offender = new Client(`${running.url}/public`);
    await new Promise((resolve) => offender.on('open', () => offender.send('no')).on('close', resolve));
    expect(await outcomes(7)).toEqual([4403, 4403, 4403, 4403, 403, 403, 403]);
  });
});
