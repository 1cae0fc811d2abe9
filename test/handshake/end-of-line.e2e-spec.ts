import type { Server } from 'node:http';
import type { Socket } from 'node:net';
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
import { ENDS, type End, JUNK, type JunkName, closeOf, kickAll } from '../support/connection-ends.js';
import { EchoDto } from '../support/echo.gateway.js';
import { close, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { type SharedApp, sharedApps } from '../support/shared-apps.js';
import { StubbornClient } from '../support/stubborn-client.js';

const MIB = 1_048_576;
/** How much longer TLS records are than the bytes in them. */
const TLS_OVERHEAD = 1.02;
const PINGS_PER_CHUNK = 65_536 / ping('ab').length;

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

let running: SharedApp;
let served: Socket;

const GATEWAYS = [PublicGateway, MembersGateway];
const plain = sharedApps({ gateways: GATEWAYS });
const secure = sharedApps({ gateways: GATEWAYS, tls: await certificate() });

/** The clock of the application stands still, so no timeout ends the connection. */
async function start(options: WsSecurityOptions = {}, isSecure = false): Promise<void> {
  running = await (isSecure ? secure : plain)(options);
  (running.app.getHttpServer() as Server).once('connection', (socket: Socket) => (served = socket));
  PublicGateway.heard = [];
  PublicGateway.closedWith = [];
}

afterEach(async () => {
  served.destroy();
  await running.app.get(ConnectionRegistry).whenEmpty();
});

const cases = Object.keys(ENDS).flatMap((end) => Object.keys(JUNK).map((junk) => [end, junk] as const));

/** Ends a connection and keeps sending. @returns how many bytes the server read after the close */
async function readAfter(
  { path = '/public', options, end }: End,
  junk: JunkName,
  isSecure = false,
): Promise<number> {
  await start(options, isSecure);
  const client = new StubbornClient(running.port, isSecure, path, () => served);
  await client.until((received) => received.startsWith('HTTP/1.1 101') && received.includes('\r\n\r\n'));
  const code = end?.(client, running.app.get(ConnectionRegistry)) ?? CloseCode.UNAUTHENTICATED;
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
    const client = new StubbornClient(running.port, isSecure, path, () => served);
    await client.until((received) => received.includes('\r\n\r\n'));
    const before = served.bytesRead;
    const junk = JUNK['masked pings'];
    client.behind = junk;
    end?.(client, running.app.get(ConnectionRegistry));
    client.behind = Buffer.alloc(0);
    await client.keepSending(junk);
    expect(served.bytesRead - before).toBeLessThanOrEqual(MOST);
    // `ws` has read the chunk with the cause, and one more if the connection closes later in the same turn.
    expect(PublicGateway.heard.length).toBeLessThanOrEqual(2 * PINGS_PER_CHUNK);
  });

  it.each(Object.keys(ENDS))(
    'R13 a client that answers the Close and keeps sending is cut off after %s',
    async (name) => {
      const { path = '/public', options, end } = ENDS[name] as End;
      await start(options, isSecure);
      const client = new StubbornClient(running.port, isSecure, path, () => served);
      await client.until((received) => received.includes('\r\n\r\n'));
      const code = end?.(client, running.app.get(ConnectionRegistry)) ?? CloseCode.UNAUTHENTICATED;
      await client.until(closeOf(code));
      const junk = JUNK['masked pings'];
      expect(await client.keepSending(junk, close(1000))).toBeLessThanOrEqual(MOST);
    },
  );
});

it('R13 a client that keeps sending after an HTTP refusal is cut off', async () => {
  await start();
  const client = new StubbornClient(running.port, false, '/members', () => served);
  await client.until((received) => received.startsWith('HTTP/1.1 401'));
  expect(await client.keepSending(JUNK['masked pings'])).toBeLessThanOrEqual(MIB);
});

const BINARY = frame({ opcode: Opcode.BINARY, payload: 'a' });
/** A frame with a reserved opcode, and a Close that is too long: `ws` stops before their ends. */
const RESERVED = frame({ opcode: 3 });
const LONG_CLOSE = frame({ opcode: Opcode.CLOSE, payload: 'a'.repeat(200) });

it.each([
  [
    'began before it',
    [Buffer.concat([BINARY, RESERVED.subarray(0, 1)]), RESERVED.subarray(1, 2), RESERVED.subarray(2, 4)],
    RESERVED.subarray(4),
  ],
  ['answers it', [BINARY, LONG_CLOSE.subarray(0, 20), LONG_CLOSE.subarray(20, 50)], LONG_CLOSE.subarray(50)],
])(
  'R13 after a close, a broken frame that %s does not keep the connection when the client has gone',
  async (_frame, pieces, last) => {
    await start();
    const client = new StubbornClient(running.port, false, '/public', () => served);
    await client.until((received) => received.includes('\r\n\r\n'));
    const gone = new Promise((resolve) => served.once('close', resolve));
    let hasEnded = false;
    served.once('end', () => (hasEnded = true));
    for (const piece of pieces) {
      const arrived = new Promise((resolve) => served.once('data', resolve));
      client.write(piece);
      await arrived;
    }
    client.write(last);
    await client.end();
    await gone;
    // Otherwise it was cut when it had not answered for ten seconds.
    expect(hasEnded).toBe(true);
  },
);

it('a client that was in the middle of a frame when the server closed can still close cleanly', async () => {
  await start();
  const client = new StubbornClient(running.port, false, '/public', () => served);
  await client.until((received) => received.includes('\r\n\r\n'));
  const message = text(JSON.stringify({ event: 'echo', data: { text: 'a'.repeat(90) } }));
  client.write(message.subarray(0, 40));
  await new Promise((resolve) => served.once('data', resolve));
  kickAll(running.app.get(ConnectionRegistry));
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
    kickAll(running.app.get(ConnectionRegistry));
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
    running.clock.advance(1001);
    expect(await outcomes(4)).toEqual([1000, 1000, 1000, 4429]);
  });

  it('R13 so is a banned address', async () => {
    await start({ rejectWith: 'close', connectRateLimit: 4, strikeLimit: 1, banMs: 60_000 });
    const offender = new Client(`${running.url}/public`);
    await new Promise((resolve) => offender.on('open', () => offender.send('no')).on('close', resolve));
    expect(await outcomes(7)).toEqual([4403, 4403, 4403, 4403, 403, 403, 403]);
  });
});
