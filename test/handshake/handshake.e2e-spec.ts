import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { SignJWT } from 'jose';
import { EchoGateway, PublicGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText, textFrame } from '../support/raw-handshake.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

/** Origins of applications and extensions, which have schemes of their own. */
const APPLICATIONS = [
  'capacitor://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'moz-extension://9a1c8e52-0f6b-4b5e-8a53-2f6b1d0c7e11',
];

let running: RunningApp;
let token: string;
let bearer: Record<string, string>;
/** The response to `/slow`, which the test leaves unanswered. */
let unanswered: ServerResponse | undefined;

beforeAll(async () => {
  running = await startApp({
    gateways: [EchoGateway, PublicGateway],
    options: { allowedOrigins: ['https://app.example.com', 'https://*.example.org', ...APPLICATIONS] },
    beforeInit: (app) =>
      void app.use('/slow', (_request: unknown, response: ServerResponse) => (unanswered = response)),
  });
  token = await mintToken();
  bearer = { Authorization: `Bearer ${token}` };
});

afterAll(() => running.close());

const send = (path: string, headers: Record<string, string | null> = {}, requestLine?: string) =>
  rawHandshake(running.port, requestText(path, headers, requestLine));

async function expectRefusal(
  answer: Promise<{ status: number; headers: Map<string, string>; body: string }>,
  code: string,
) {
  const { status, headers, body } = await answer;
  const problem = JSON.parse(body) as Record<string, unknown>;
  expect(Object.keys(problem)).toEqual(['type', 'title', 'status', 'code']);
  expect(problem).toMatchObject({ status, code });
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(headers.get('connection')).toBe('close');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  return { status, headers };
}

describe('an acceptable handshake', () => {
  it('is answered with 101, the right key and no subprotocol that was not offered', async () => {
    const { status, headers } = await send('/ws', bearer);
    expect(status).toBe(101);
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(headers.has('sec-websocket-protocol')).toBe(false);
  });

  it.each(['Bearer', 'BEARER'])(
    'H8 %s.<token> as a subprotocol counts as a credential and is not echoed',
    async (scheme) => {
      const alone = await send('/ws', { 'Sec-WebSocket-Protocol': `${scheme}.${token}` });
      expect([alone.status, alone.headers.get('sec-websocket-protocol')]).toEqual([101, undefined]);
      const twice = send('/ws', { ...bearer, 'Sec-WebSocket-Protocol': `${scheme}.${token}, chat.v1` });
      expect((await twice).status).toBe(400);
      const resume = await send('/ws', { ...bearer, 'Sec-WebSocket-Protocol': 'Resume.secret.1, chat.v1' });
      expect(resume.headers.get('sec-websocket-protocol')).toBe('chat.v1');
    },
  );

  it('H8 does not echo the credential as the chosen subprotocol', async () => {
    const both = await send('/ws', { 'Sec-WebSocket-Protocol': `bearer.${token}, chat.v1` });
    expect([both.status, both.headers.get('sec-websocket-protocol')]).toEqual([101, 'chat.v1']);
    const alone = await send('/ws', { 'Sec-WebSocket-Protocol': `bearer.${token}` });
    expect([alone.status, alone.headers.has('sec-websocket-protocol')]).toEqual([101, false]);
  });

  it('H8 prefers the module’s subprotocol to the client’s first one', async () => {
    const { headers } = await send('/ws', {
      'Sec-WebSocket-Protocol': `chat.v1, ws-security.v1, bearer.${token}`,
    });
    expect(headers.get('sec-websocket-protocol')).toBe('ws-security.v1');
  });

  it('may have a query after the path', async () => {
    expect((await send('/ws?room=1', bearer)).status).toBe(101);
  });
});

describe('credentials', () => {
  it('N1 a missing credential is refused with 401 and a bare challenge', async () => {
    const { status, headers } = await expectRefusal(send('/ws'), 'UNAUTHENTICATED');
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  const wrong: [string, () => Promise<string> | string][] = [
    ['N6 a token expired beyond the skew', () => mintToken({}, { expiresIn: -60 })],
    ['N6 a token without exp', () => withoutExpiry()],
    ['N1 a token signed with another secret', () => mintToken({}, { secret: `${SECRET}!` })],
    ['N2 an unsigned token', () => unsigned('none')],
    ['N2 an unsigned token with alg nOnE', () => unsigned('nOnE')],
    ['Z4 a token without sub', () => mintToken({ sub: '' })],
    ['N6 a token issued in the future', () => mintToken({}, { now: Date.now() + 3_600_000 })],
    ['N6 a token that is not valid yet', () => mintToken({ nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['N9 a token over the length limit', () => 'a'.repeat(9000)],
    ['N1 garbage', () => 'garbage'],
  ];

  it.each(wrong)('%s is refused with 401 and the same answer as any other', async (_name, make) => {
    const answers = await Promise.all([
      send('/ws', { Authorization: `Bearer ${await make()}` }),
      send('/ws', { 'Sec-WebSocket-Protocol': `chat.v1, bearer.${await make()}` }),
      send('/ws', { Authorization: 'Bearer garbage' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it.each([
    ['a scheme that is not Bearer', { Authorization: 'Basic YTpi' }],
    ['an empty bearer entry', { 'Sec-WebSocket-Protocol': 'bearer.' }],
  ])('%s is refused with 401', async (_name, headers) => {
    await expectRefusal(send('/ws', headers), 'UNAUTHENTICATED');
  });

  it('H14 two credentials are refused with 400 even if they are equal', async () => {
    const two = { ...bearer, 'Sec-WebSocket-Protocol': `chat, bearer.${token}` };
    await expectRefusal(send('/ws', two), 'BAD_HANDSHAKE');
    const text = requestText('/ws', bearer).replace('\r\n\r\n', `\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    await expectRefusal(rawHandshake(running.port, text), 'BAD_HANDSHAKE');
  });

  it('a public gateway accepts a missing credential but refuses a wrong one', async () => {
    expect((await send('/public')).status).toBe(101);
    await expectRefusal(send('/public', { Authorization: 'Bearer garbage' }), 'UNAUTHENTICATED');
  });
});

describe('origin', () => {
  it.each([
    [101, 'capacitor://localhost'],
    [101, 'tauri://localhost'],
    [101, 'chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    [101, 'moz-extension://9a1c8e52-0f6b-4b5e-8a53-2f6b1d0c7e11'],
    [403, 'ionic://localhost'],
    [403, 'capacitor://localhost/'],
    [403, 'capacitor://localhost:80'],
    [403, 'capacitor://LOCALHOST'],
    [403, 'Capacitor://localhost'],
    [403, 'capacitor://localhost.evil.test'],
    [403, 'chrome-extension://abcdefghijklmnopabcdefghijklmno'],
    [403, 'file://'],
    [403, 'file://localhost'],
    [403, 'capacitor://'],
    [101, 'https://app.example.com'],
    [101, 'https://a.b.example.org'],
    [101, 'http://service.test'],
    [403, 'https://example.org'],
    [403, 'https://.example.org'],
    [403, 'https://a..example.org'],
    [403, 'http://app.example.com'],
    [403, 'https://app.example.com:444'],
    [403, 'https://app.example.com:443'],
    [403, 'https://app.example.com.'],
    [403, 'https://app.example.com/'],
    [403, 'https://APP.example.com'],
    [403, 'https://evil.test'],
    [403, 'https://evilexample.org'],
    [403, 'https://user@app.example.com'],
    [403, 'https://service.test'],
    [403, 'null'],
    [403, 'https://app.example.com https://evil.test'],
    [403, ''],
  ])('H1 H3 answers %i to the origin %p', async (status, origin) => {
    const answer = await send('/ws', { ...bearer, Origin: origin });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body).toContain('ORIGIN_NOT_ALLOWED');
  });

  it('H3 refuses two Origin headers with 400', async () => {
    const text = requestText('/ws', { ...bearer, Origin: 'https://app.example.com' });
    const twice = text.replace('\r\n\r\n', '\r\nOrigin: https://app.example.com\r\n\r\n');
    await expectRefusal(rawHandshake(running.port, twice), 'BAD_HANDSHAKE');
  });
});

describe('request shape', () => {
  it.each([
    ['no key', { 'Sec-WebSocket-Key': null }],
    ['a short key', { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZQ==' }],
    ['a key that is not base64', { 'Sec-WebSocket-Key': '!!!!IHNhbXBsZSBub25jZQ==' }],
    [
      'two keys',
      { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' },
    ],
    ['no version', { 'Sec-WebSocket-Version': null }],
    ['two versions', { 'Sec-WebSocket-Version': '13\r\nSec-WebSocket-Version: 13' }],
    ['another upgrade', { Upgrade: 'h2c' }],
    ['a body', { 'Content-Length': '5' }],
    ['no host', { Host: '' }],
    ['a host with a path', { Host: 'service.test/ws' }],
    ['a port out of range', { Host: 'service.test:99999' }],
    ['the first port out of range', { Host: 'service.test:65536' }],
    ['port 0', { Host: 'service.test:0' }],
    ['an empty port', { Host: 'service.test:' }],
    ['a port with a leading zero', { Host: 'service.test:0443' }],
    ['a port of 400 digits', { Host: `service.test:${'1'.repeat(400)}` }],
    ['a port out of range after an IPv6 address', { Host: '[::1]:65536' }],
    ['a doubled subprotocol', { 'Sec-WebSocket-Protocol': 'chat, chat' }],
    ['a subprotocol with a space', { 'Sec-WebSocket-Protocol': 'a b' }],
  ])('H5 %s is refused with 400', async (_name, headers) => {
    await expectRefusal(send('/ws', { ...bearer, ...headers }), 'BAD_HANDSHAKE');
  });

  it.each(['service.test:1', 'service.test:65535', '[::1]:443'])('H5 accepts the host %s', async (host) => {
    expect((await send('/ws', { ...bearer, Host: host })).status).toBe(101);
  });

  it('H5 refuses another method with 400', async () => {
    await expectRefusal(send('/ws', bearer, 'POST /ws HTTP/1.1'), 'BAD_HANDSHAKE');
  });

  it.each(['8', '12', '14', '013', 'x'])(
    'H4 refuses version %s with 426 and names version 13',
    async (version) => {
      const { headers } = await expectRefusal(
        send('/ws', { ...bearer, 'Sec-WebSocket-Version': version }),
        'UNSUPPORTED_VERSION',
      );
      expect(headers.get('sec-websocket-version')).toBe('13');
    },
  );

  it.each([
    '/',
    '/ws/',
    '/WS',
    '//ws',
    '/./ws',
    '/x/../ws',
    '/%77s',
    '/ws%2f',
    '/ws;a',
    'http://service.test/ws',
    '//evil.test/ws',
  ])('H6 refuses the path %s with 404', async (path) => {
    await expectRefusal(send(path, bearer), 'UNKNOWN_PATH');
  });

  it('H10 accepts 1,000 header lines and refuses more with 431', async () => {
    const lines = (count: number) =>
      requestText('/ws', bearer).replace('\r\n\r\n', `\r\n${'a:b\r\n'.repeat(count)}\r\n`);
    const own = requestText('/ws', bearer).split('\r\n').length - 3;
    expect((await rawHandshake(running.port, lines(1001 - own))).status).toBe(431);
    expect((await rawHandshake(running.port, lines(1000 - own))).status).toBe(101);
  });

  it('H10 refuses a header block beyond the limit with 431 and keeps serving', async () => {
    expect((await send('/ws', { 'X-Long': 'a'.repeat(20_000) })).status).toBe(431);
    expect((await send('/ws', bearer)).status).toBe(101);
  });
});

describe('nothing runs before the decision', () => {
  const pipelined = (headers: Record<string, string>) =>
    Buffer.concat([
      Buffer.from(requestText('/ws', headers)),
      textFrame('{"event":"echo","data":{"text":"early"}}'),
    ]);

  it('H11 a frame in the same packet as a refused handshake reaches no handler', async () => {
    const before = [EchoGateway.calls, EchoGateway.connections];
    const expired = await mintToken({}, { expiresIn: -60 });
    const foreign = { ...bearer, Origin: 'https://evil.test' };
    const answers = await Promise.all(
      [{}, { Authorization: `Bearer ${expired}` }, { Authorization: 'Bearer x' }, foreign].map((headers) =>
        rawHandshake(running.port, pipelined(headers)),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 403]);
    expect([EchoGateway.calls, EchoGateway.connections]).toEqual(before);
  });

  it('H11 a frame in the same packet as an accepted handshake is served after 101', async () => {
    const before = EchoGateway.calls;
    await rawHandshake(running.port, pipelined(bearer));
    const client = await TestClient.connect(`${running.url}/ws`, { token });
    await client.request('echo', { text: 'after' });
    expect(EchoGateway.calls).toBe(before + 2);
    await client.close();
  });

  it('H12 a second request after a refused one is not answered', async () => {
    const { text } = await rawHandshake(running.port, requestText('/ws') + requestText('/ws', bearer));
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

it('H12 a handshake pipelined after an unanswered request is not accepted', async () => {
  const before = EchoGateway.connections;
  const slow = requestText('/slow', { Upgrade: null, Connection: null });
  const socket = connect(running.port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write(slow + requestText('/ws', bearer));
  await Promise.race([ended, new Promise((resolve) => socket.once('data', resolve))]);
  unanswered?.end('late');
  await ended;
  expect(unanswered).toBeDefined();
  expect(text).toBe('');
  expect(EchoGateway.connections).toBe(before);
});

it('H15 paths of another upgrade listener are left alone', async () => {
  const server = running.app.getHttpServer() as Server;
  const other = (request: { url?: string }, socket: { end(text: string): void }): void => {
    if (request.url === '/other') socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
  };
  server.on('upgrade', other);
  try {
    expect((await send('/other')).status).toBe(418);
    expect((await send('/ws', bearer)).status).toBe(101);
  } finally {
    server.off('upgrade', other);
  }
});

it('R10 H15 an upgrade that no listener takes is answered 404 after 3 s, and one that a listener has taken is left alone', async () => {
  const clock = new ManualClock();
  const taken: Socket[] = [];
  const passed: string[] = [];
  const listen = (request: IncomingMessage, socket: Socket): void => {
    passed.push(request.url ?? '');
    // Takes the socket now and answers later.
    if (request.url === '/other') taken.push(socket.on('error', () => undefined));
  };
  const app = await startApp({
    gateways: [EchoGateway],
    clock,
    beforeInit: (application) => void (application.getHttpServer() as Server).on('upgrade', listen),
  });
  const untaken = rawHandshake(app.port, requestText('/unknown'));
  const takenByListener = rawHandshake(app.port, requestText('/other'));
  while (passed.length < 2) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(3100);
  await expectRefusal(untaken, 'UNKNOWN_PATH');
  expect(taken[0]?.destroyed).toBe(false);
  taken[0]?.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
  expect((await takenByListener).status).toBe(418);
  const late = rawHandshake(app.port, requestText('/late'));
  while (passed.length < 3) await new Promise((resolve) => setImmediate(resolve));
  await app.close();
  await expectRefusal(late, 'DRAINING');
});

it('L5 R10 a connection reset before any listener takes the upgrade does not stop the server', async () => {
  const app = await startApp({ gateways: [EchoGateway], clock: new ManualClock() });
  const server = app.app.getHttpServer() as Server;
  const passed = new Promise<Socket>((resolve) =>
    server.on('upgrade', (_request: IncomingMessage, socket: Socket) => resolve(socket)),
  );
  const client = connect(app.port, '127.0.0.1', () => client.write(requestText('/unknown')));
  const socket = await passed;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  client.resetAndDestroy();
  await closed;
  expect((await fetch(`http://127.0.0.1:${app.port}/`)).status).toBe(404);
  await app.close();
});

it('H15 an upgrade that an earlier listener has taken is left alone', async () => {
  const clock = new ManualClock();
  const app = await startApp({ gateways: [EchoGateway], clock });
  const server = app.app.getHttpServer() as Server;
  const taken = new Promise<Socket>((resolve) =>
    server.prependListener('upgrade', (_request: IncomingMessage, socket: Socket) => {
      socket.on('data', () => undefined).write('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
      resolve(socket);
    }),
  );
  server.on('upgrade', () => undefined);
  const answer = rawHandshake(app.port, requestText('/other'));
  const socket = await taken;
  clock.advance(9100);
  expect(socket.writableEnded).toBe(false);
  socket.end();
  expect((await answer).body).toBe('');
  await app.close();
});

function unsigned(alg: string): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  return `${encode({ alg, typ: 'JWT' })}.${encode({ sub: 'alice', exp })}.`;
}

function withoutExpiry(): Promise<string> {
  return new SignJWT({ sub: 'alice' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}
