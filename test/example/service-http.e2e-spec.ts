import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { HTTP_DEADLINES } from '../../example/server/http/http-deadlines.js';
import { bundledService } from '../support/bundled.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';
import { TestClient } from '../support/test-client.js';

/** The documented time limit for an incomplete request. */
const PROMISED_MS = 30_000;
const HEAD_MS = 10_000;

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Sends one request with the path unchanged, on its own connection. */
function ask(url: string, path: string, { method = 'GET', headers = {}, body = '' }: Question = {}) {
  const { protocol, port } = new URL(url);
  const send = protocol === 'https:' ? tlsRequest : plainRequest;
  const options = { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false, agent: false };
  return new Promise<Answer>((resolve, reject) => {
    const call = send(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The HSTS header of an answer, for a proxy that says by which protocol the client came. */
const hstsOf = async (url: string, proto: string): Promise<unknown> =>
  (await ask(url, '/health', { headers: { 'X-Forwarded-Proto': proto } })).headers[
    'strict-transport-security'
  ];

const post = (url: string, path: string, body: string, headers: Record<string, string> = {}) =>
  ask(url, path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });

describe('the reference service behind a trusted proxy', () => {
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start({ PLAIN_HTTP: '1', WS_TRUSTED_PROXIES: '127.0.0.1' });
  });

  afterAll(() => service.stop());

  const guess = (path: string, from: string): Promise<Answer> =>
    post(service.url, path, '{}', { Authorization: 'Bearer canary', 'X-Forwarded-For': from });

  it('N15 answers 200 wrong bearer tokens with ten 401 and then 429, on all routes together', async () => {
    const paths = ['/auth/ticket', '/auth/revoke', '/admin/drain'];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) => guess(paths[n % 3] as string, '198.51.100.1')),
    );
    const refused = answers.filter(({ status }) => status === 401);
    const limited = answers.filter(({ status }) => status === 429);
    expect([refused.length, limited.length]).toEqual([10, 190]);
    for (const { headers, body } of limited) {
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(headers['www-authenticate']).toBeUndefined();
      expect(JSON.parse(body)).toEqual({ statusCode: 429, message: 'Too Many Requests' });
    }
    // Another user behind the same address is not locked out.
    const token = await signIn(service.url, 'alice');
    const neighbour = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': '198.51.100.1' };
    expect((await post(service.url, '/auth/ticket', '{}', neighbour)).status).toBe(200);
    expect(
      (await post(service.url, '/auth/ticket', '{}', { 'X-Forwarded-For': '198.51.100.1' })).status,
    ).toBe(401);
    expect((await guess('/auth/ticket', '198.51.100.2')).status).toBe(401);
    expect(service.stdout).toContain('"type":"authentication.refused"');
    expect(service.stdout + service.stderr).not.toContain('canary');
  });

  it('N15 counts five wrong tokens at the handshake and five over HTTP as ten', async () => {
    const from = { 'X-Forwarded-For': '198.51.100.3', Authorization: 'Bearer canary' };
    const knock = () => rawHandshake(Number(new URL(service.url).port), requestText('/ws', from));
    for (let i = 0; i < 5; i++) {
      expect((await knock()).status).toBe(401);
      expect((await guess('/auth/ticket', '198.51.100.3')).status).toBe(401);
    }
    expect([(await knock()).status, (await guess('/auth/revoke', '198.51.100.3')).status]).toEqual([
      429, 429,
    ]);
  });

  it('N15 counts revoked tokens, overlong tokens and other schemes like wrong tokens', async () => {
    const token = await signIn(service.url, 'alice');
    const root = await signIn(service.url, 'root');
    await post(service.url, '/auth/revoke', '{"userId":"alice"}', { Authorization: `Bearer ${root}` });
    const wrong = [`Bearer ${token}`, `Bearer ${'x'.repeat(8193)}`, 'Basic canary', 'Bearer', 'Bearer a b'];
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) {
      const headers = {
        Authorization: wrong[i % wrong.length] as string,
        'X-Forwarded-For': '198.51.100.4',
      };
      statuses.push((await post(service.url, '/auth/ticket', '{}', headers)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
  });

  it('T1 sends HSTS when the proxy says that the client used TLS', async () => {
    expect(await hstsOf(service.url, 'https')).toBe('max-age=63072000');
    expect(await hstsOf(service.url, 'http')).toBeUndefined();
  });
});

/** Requests and their expected responses, which repeat nothing of the request. */
const ERRORS: [string, string, Question, number][] = [
  ['an unknown path', '/canary', {}, 404],
  ['a path that cannot be decoded', '/%zz-canary', {}, 400],
  ['an unknown method', '/health', { method: 'PATCH' }, 404],
  ['options of a path', '/auth/login', { method: 'OPTIONS' }, 404],
  ['half an object', '/auth/login', { method: 'POST', headers: JSON_TYPE, body: '{"username":canary' }, 400],
  [
    'a value that is not an object',
    '/auth/login',
    { method: 'POST', headers: JSON_TYPE, body: '"canary"' },
    400,
  ],
  [
    'a body that is too large',
    '/auth/login',
    { method: 'POST', headers: JSON_TYPE, body: `{"canary":"${'x'.repeat(200_000)}"}` },
    413,
  ],
  [
    'an unknown character set',
    '/auth/login',
    { method: 'POST', headers: { 'Content-Type': 'application/json; charset=canary' }, body: '{}' },
    415,
  ],
  [
    'an unknown encoding',
    '/auth/login',
    { method: 'POST', headers: { ...JSON_TYPE, 'Content-Encoding': 'canary' }, body: '{}' },
    415,
  ],
  [
    'a body that is not what its encoding says',
    '/auth/login',
    { method: 'POST', headers: { ...JSON_TYPE, 'Content-Encoding': 'gzip' }, body: 'canary' },
    400,
  ],
  [
    'too many fields of a form',
    '/auth/login',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'canary=1&'.repeat(2000),
    },
    413,
  ],
  ['no credential', '/auth/ticket', { method: 'POST' }, 401],
  [
    'a wrong credential',
    '/auth/ticket',
    { method: 'POST', headers: { Authorization: 'Bearer canary' } },
    401,
  ],
];

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
};

describe.each([
  ['https', {}],
  ['http', { PLAIN_HTTP: '1' }],
])('responses of the reference service over %s', (scheme, env) => {
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start(env);
  });

  afterAll(() => service.stop());

  function expectHeaders({ headers }: Answer): void {
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBe(scheme === 'https' ? 'max-age=63072000' : undefined);
  }

  it.each(ERRORS)(
    'I11 T1 %s: an error that repeats nothing from the request',
    async (_what, path, question, status) => {
      const answer = await ask(service.url, path, question);
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        status,
        { statusCode: status, message: TITLES[status] },
      ]);
      expectHeaders(answer);
    },
  );

  it('I11 names the rules that a body broke, and nothing of the body', async () => {
    const answer = await post(service.url, '/auth/login', '{"username":"canary","<canary>":1}');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      {
        statusCode: 400,
        message: [
          'there are unknown properties',
          'username must be one of the following values: alice, bob, root',
        ],
      },
    ]);
    expectHeaders(answer);
  });

  it.each([
    ['/', 'GET', ''],
    ['/style.css', 'HEAD', ''],
    ['/lib/client/index.js', 'GET', ''],
    ['/health', 'GET', ''],
    ['/auth/login', 'POST', '{"username":"alice"}'],
  ])('T1 %s has security headers for browsers', async (path, method, body) => {
    const answer = await ask(service.url, path, { method, headers: JSON_TYPE, body });
    expect(answer.status).toBe(200);
    expectHeaders(answer);
  });

  it('T1 HSTS does not depend on what a client says', async () => {
    for (const proto of ['https', 'http'])
      expect(await hstsOf(service.url, proto)).toBe(scheme === 'https' ? 'max-age=63072000' : undefined);
  });

  it('L2 the health check is public, and the number of connections is for administrators only', async () => {
    const [alice, root] = [await signIn(service.url, 'alice'), await signIn(service.url, 'root')];
    const client = await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, { token: alice });
    const health = await ask(service.url, '/health');
    expect([health.status, JSON.parse(health.body)]).toEqual([200, { status: 'ok' }]);
    const countAs = (headers: Record<string, string>) => ask(service.url, '/admin/connections', { headers });
    expect((await countAs({})).status).toBe(401);
    expect((await countAs({ Authorization: `Bearer ${alice}` })).status).toBe(403);
    const counted = await countAs({ Authorization: `Bearer ${root}` });
    expect([counted.status, JSON.parse(counted.body)]).toEqual([200, { connections: 1 }]);
    expectHeaders(counted);
    await client.close();
  });
});

describe('slow clients of the reference service', () => {
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start({ PLAIN_HTTP: '1' }, bundledService('short-deadlines'));
  });

  afterAll(() => service.stop());

  const open = (bytes: string): { socket: Socket; closed: Promise<string> } => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(text))) };
  };

  const HEAD = 'POST /auth/login HTTP/1.1\r\nHost: service.test\r\nContent-Type: application/json\r\n';

  it.each([
    ['never comes', `${HEAD}Content-Length: 100\r\n\r\n`],
    ['stops half-way', `${HEAD}Content-Length: 100\r\n\r\n{"username":`],
    ['stops between chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`],
    ['stops in its trailers', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\n`],
    ['waits for a word first', `${HEAD}Expect: 100-continue\r\nContent-Length: 100\r\n\r\n`],
  ])('R10 a request whose body %s is ended', async (_what, bytes) => {
    const { socket, closed } = open(bytes);
    const answer = await closed;
    expect(answer.replace('HTTP/1.1 100 Continue\r\n\r\n', '')).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(socket.destroyed).toBe(true);
  });

  it('R10 a request whose body arrives slowly is ended', async () => {
    const { socket, closed } = open(`${HEAD}Content-Length: 90000\r\n\r\n`);
    await once(socket, 'connect');
    // Much more often than the deadlines, and for much longer.
    const arriving = setInterval(() => socket.write(' '), 20);
    try {
      // Meanwhile other clients are served.
      expect((await ask(service.url, '/health')).status).toBe(200);
      expect(await closed).toMatch(/^(HTTP\/1\.1 408 |$)/);
    } finally {
      clearInterval(arriving);
    }
  });

  it('R10 R8 a client that does not read the answers is ended', async () => {
    const request = 'GET /style.css HTTP/1.1\r\nHost: service.test\r\n\r\n'.repeat(500);
    const { socket, closed } = open('');
    await once(socket, 'connect');
    socket.pause();
    // Until all buffers on the way are full. The end of the connection then ends the write that waits.
    while (!socket.destroyed) {
      if (!socket.write(request))
        await Promise.race([closed, new Promise((wrote) => socket.once('drain', wrote))]);
    }
  });

  it('R10 clients that are not slow are served, one request after another', async () => {
    const { socket, closed } = open('');
    for (let i = 0; i < 3; i++) {
      const answered = once(socket, 'data');
      socket.write('GET /health HTTP/1.1\r\nHost: service.test\r\n\r\n');
      await answered;
    }
    socket.end();
    expect((await closed).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });

  it('R10 the default deadlines end within 30 s', () => {
    const { request, exchange, lookEvery } = HTTP_DEADLINES;
    expect(request + lookEvery).toBeLessThan(PROMISED_MS);
    expect(HEAD_MS + exchange).toBeLessThan(PROMISED_MS);
  });
});
