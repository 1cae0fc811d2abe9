import { once } from 'node:events';
import { connect } from 'node:net';
import { decodeJwt } from 'jose';
import { serviceConfig } from '../../example/server/service-config.js';
import { expectConnections } from '../support/connection-count.js';
import { text } from '../support/raw-frames.js';
import { BUILT_SERVICE, Service } from '../support/service.js';
import { post, signIn } from '../support/sign-in.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const wsUrl = (service: { url: string }, path = '/ws'): string => service.url.replace('http', 'ws') + path;

/** Of all tests that leave them as they were. The last ones of each end it. */
let secure: Service & { url: string };
let plain: Service & { url: string };

beforeAll(async () => {
  [secure, plain] = await Promise.all([
    Service.start(),
    Service.start({
      PLAIN_HTTP: '1',
      WS_JWT_SECRET: SECRET,
      // Each test has wrong tokens.
      WS_AUTH_FAILURE_LIMIT: '1000',
      WS_RATE_LIMIT: '5',
      WS_RATE_TTL_MS: '2000',
    }),
  ]);
});

afterAll(() => Promise.all([secure.stop(), plain.stop()]));

describe('the reference service', () => {
  let service: Service & { url: string };

  beforeAll(() => {
    service = secure;
  });

  const connectAs = async (username: string): Promise<TestClient> =>
    TestClient.connect(wsUrl(service), { token: await signIn(service.url, username) });

  it('prints where it listens and that its secret is for development', () => {
    expect(service.url).toMatch(/^https:\/\/localhost:\d+$/);
    expect(service.stdout).toContain('Development secret');
  });

  it('signs in demo users only', async () => {
    const { status, body } = await post(`${service.url}/auth/login`, {
      username: 'alice',
      expiresInSeconds: 60,
    });
    expect([status, body['expiresIn'], typeof body['accessToken']]).toEqual([200, 60, 'string']);
    expect((await post(`${service.url}/auth/login`, { username: 'mallory' })).status).toBe(400);
    expect((await post(`${service.url}/auth/login`, { username: 'alice', roles: ['admin'] })).status).toBe(
      400,
    );
  });

  it('serves its gateway over wss', async () => {
    const alice = await connectAs('alice');
    expect(await alice.request('echo', { text: 'hi' })).toMatchObject({
      event: 'echo',
      data: { text: 'hi' },
    });
    expect(await alice.request('whoami')).toMatchObject({
      data: { id: 'alice', roles: ['user'], scopes: ['chat:read', 'chat:write'] },
    });
    expect(await alice.request('slow', { ms: 1 })).toMatchObject({ data: { ms: 1 } });
    expect(await alice.request('slow', { ms: 5001 })).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
    expect(await alice.request('echo', { text: 'x'.repeat(101) })).toMatchObject({
      data: { code: 'VALIDATION_FAILED', errors: [{ path: 'text', constraint: 'maxLength' }] },
    });
    await alice.close();
  });

  it('Z2 Z4 sends messages to the room, with the sender’s id from the server', async () => {
    const [alice, bob, root] = [await connectAs('alice'), await connectAs('bob'), await connectAs('root')];
    await alice.request('chat.join', { room: 'tea' });
    await bob.request('chat.join', { room: 'tea' });
    const claimed = { room: 'tea', text: 'hi', from: 'root' };
    expect(await alice.request('chat.send', claimed)).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
    expect(await alice.request('chat.send', { room: 'tea', text: '<i>hi</i>' })).toMatchObject({
      event: 'ack',
    });
    const message = await bob.next();
    expect(message).toMatchObject({
      event: 'chat.message',
      data: { room: 'tea', from: 'alice', text: 'hi' },
    });
    expect(typeof message.data?.['at']).toBe('number');
    expect(await root.request('chat.send', { room: 'tea', text: 'no' })).toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
    expect(await alice.request('admin.kick', { userId: 'bob' })).toMatchObject({
      data: { code: 'FORBIDDEN' },
    });
    expect(await root.request('admin.kick', { userId: 'bob' })).toMatchObject({ data: { kicked: 1 } });
    expect(await bob.closed).toEqual({ code: 4403, reason: 'kicked' });
    await Promise.all([alice.close(), root.close()]);
  });

  it('S2 lets administrators revoke a user or a session', async () => {
    const url = `${service.url}/auth/revoke`;
    const [aliceToken, rootToken] = [await signIn(service.url, 'alice'), await signIn(service.url, 'root')];
    const alice = await TestClient.connect(wsUrl(service), { token: aliceToken });
    expect((await post(url, { userId: 'alice' })).status).toBe(401);
    expect((await post(url, { userId: 'alice' }, aliceToken)).status).toBe(403);
    expect((await post(url, {}, rootToken)).status).toBe(400);
    expect((await post(url, { userId: 'alice', sessionId: 'x' }, rootToken)).status).toBe(400);
    expect(await post(url, { userId: 'alice' }, rootToken)).toMatchObject({
      status: 200,
      body: { closed: 1 },
    });
    expect(await alice.closed).toEqual({ code: 4403, reason: 'revoked' });
    expect((await TestClient.refused(wsUrl(service), { token: aliceToken })).status).toBe(401);

    const fresh = await signIn(service.url, 'alice');
    const again = await TestClient.connect(wsUrl(service), { token: fresh });
    const { jti } = decodeJwt(fresh);
    expect((await post(url, { sessionId: jti }, rootToken)).status).toBe(200);
    expect((await again.closed).code).toBe(4403);
  });

  it('S8 lets administrators disconnect all clients, and keeps accepting', async () => {
    const url = `${service.url}/admin/drain`;
    const [alice, root] = [await connectAs('alice'), await connectAs('root')];
    expect((await post(url, {})).status).toBe(401);
    expect((await post(url, {}, await signIn(service.url, 'alice'))).status).toBe(403);
    expect(await alice.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    const token = await signIn(service.url, 'root');
    await expectConnections(service.url, 2);

    // Running requests are answered, and the administrator does not wait for them. The echo shows that one is running.
    const [slow, echo] = [
      { event: 'slow', data: { ms: 500 }, id: 'slow' },
      { event: 'echo', data: { text: 'hi' }, id: 'echo' },
    ].map((message) => text(JSON.stringify(message))) as [Buffer, Buffer];
    alice.sendRaw(Buffer.concat([slow, echo]));
    expect(await alice.next()).toMatchObject({ event: 'echo' });
    expect(await post(url, {}, token)).toEqual({
      status: 202,
      body: { draining: 2 },
    });
    const again = await connectAs('alice');
    expect(await alice.next()).toMatchObject({ data: { ms: 500 }, id: 'slow' });
    expect(await Promise.all([alice.closed, root.closed])).toEqual([
      { code: 1012, reason: 'service restart' },
      { code: 1012, reason: 'service restart' },
    ]);
    expect(await again.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    await again.close();
  });

  it('has a public gateway', async () => {
    const anybody = await TestClient.connect(wsUrl(service, '/public'));
    expect(await anybody.request('echo', { text: 'hi' })).toMatchObject({ data: { text: 'hi' } });
    await anybody.close();
    expect((await TestClient.refused(wsUrl(service))).body).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  it('L5 keeps running under garbage', async () => {
    const [bystander, vandal] = [await connectAs('bob'), await connectAs('alice')];
    const { pid } = service.process;
    for (let i = 0; i < 500; i++) vandal.send(i % 2 === 0 ? '{"event":' : `{"event":"e${i}","data":{"a":[`);
    for (const bytes of ['\u0000', '{"event":"echo","data":{"__proto__":{"x":1},"text":"hi"}}'])
      vandal.send(bytes);
    expect(await bystander.request('echo', { text: 'still here' })).toMatchObject({ event: 'echo' });
    expect([service.process.pid, service.process.exitCode]).toEqual([pid, null]);
    vandal.socket.terminate();
    await bystander.close();
  });
});

describe('over plain HTTP', () => {
  let service: Service & { url: string };

  beforeAll(() => {
    service = plain;
  });

  it('N12 tickets are issued for a bearer token and valid once', async () => {
    const token = await signIn(service.url, 'alice');
    const { status, body } = await post(`${service.url}/auth/ticket`, {}, token);
    expect([status, body]).toEqual([200, { ticket: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 30 }]);
    const url = `${wsUrl(service)}?ticket=${body['ticket'] as string}`;
    const client = await TestClient.connect(url);
    expect(await client.request('whoami')).toMatchObject({ data: { id: 'alice', roles: ['user'] } });
    expect((await TestClient.refused(url)).status).toBe(401);
    for (const wrong of [undefined, 'wrong', body['ticket'] as string])
      expect((await post(`${service.url}/auth/ticket`, {}, wrong)).status).toBe(401);
    await post(`${service.url}/auth/revoke`, { userId: 'alice' }, await signIn(service.url, 'root'));
    expect((await client.closed).code).toBe(4403);
    expect((await post(`${service.url}/auth/ticket`, {}, token)).status).toBe(401);
    expect(service.stdout + service.stderr).not.toContain(body['ticket']);
  });

  const ask = (url: string, path: string, authorization?: string): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // The service may close a kept connection while the next request is on its way.
        connection: 'close',
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify({ username: 'alice' }),
    });

  it('N15 responses have a challenge when unauthenticated, and no-store when they contain a token', async () => {
    expect((await ask(service.url, '/auth/login')).headers.get('cache-control')).toBe('no-store');
    for (const path of ['/auth/ticket', '/auth/revoke', '/admin/drain']) {
      const [nobody, wrong] = [await ask(service.url, path), await ask(service.url, path, 'Bearer wrong')];
      expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ]);
    }
  });

  it('N14 responses are 503 while a token cannot be verified', async () => {
    const introspection = {
      WS_INTROSPECTION_URL: 'http://127.0.0.1:9/introspect',
      WS_INTROSPECTION_CLIENT_ID: 'chat',
      WS_INTROSPECTION_CLIENT_SECRET: 'canary-secret',
    };
    const introspecting = await Service.start({ PLAIN_HTTP: '1', ...introspection });
    expect((await ask(introspecting.url, '/auth/ticket', 'Bearer opaque-canary')).status).toBe(503);
    expect(introspecting.stdout + introspecting.stderr).not.toContain('canary');
    await introspecting.stop();
  });

  it('S2 administrators revoke users whose tokens have an issuer that is not configured', async () => {
    const iss = 'https://id.test';
    const token = await mintToken({ sub: 'carol', iss });
    const carol = await TestClient.connect(wsUrl(service), { token });
    const root = await mintToken({ sub: 'root', iss, roles: ['admin'] });
    expect(await post(`${service.url}/auth/revoke`, { userId: 'carol' }, root)).toEqual({
      status: 200,
      body: { closed: 1 },
    });
    expect((await carol.closed).code).toBe(4403);
    expect((await TestClient.refused(wsUrl(service), { token })).status).toBe(401);
  });
});

describe('the environment', () => {
  it('R2 sets a rate limit that holds in real time', async () => {
    const client = await TestClient.connect(wsUrl(plain), { token: await signIn(plain.url, 'bob') });
    // In one write, so that they arrive together on a slow machine too.
    const echo = text(JSON.stringify({ event: 'echo', data: { text: 'hi' }, id: 'hi' }));
    client.sendRaw(Buffer.concat(Array.from({ length: 6 }, () => echo)));
    const frames = await Promise.all(Array.from({ length: 6 }, () => client.next()));
    const [refused, ...more] = frames.filter(({ event }) => event !== 'echo');
    expect(more).toEqual([]);
    expect(refused?.data).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Rate limit exceeded. Please wait.',
    });
    // A timer may fire a fraction of a millisecond early.
    await new Promise((resolve) => setTimeout(resolve, (refused?.data?.['retryAfterMs'] as number) + 1));
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    await client.close();
    expect(await plain.stop()).toEqual({ code: 0, signal: null });
  });

  it('S8 lets SIGTERM drain with 1012 and exit with 0', async () => {
    const service = await Service.start({ WS_JWT_SECRET: SECRET, PLAIN_HTTP: '1' }, BUILT_SERVICE);
    expect(service.stdout).not.toContain('secret');
    const clients = await Promise.all(
      ['a', 'b', 'c'].map(async (sub) =>
        TestClient.connect(wsUrl(service), { token: await mintToken({ sub }) }),
      ),
    );
    service.process.kill('SIGTERM');
    expect((await Promise.all(clients.map(({ closed }) => closed))).map(({ code }) => code)).toEqual([
      1012, 1012, 1012,
    ]);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('S8 does not let an idle connection delay the shutdown', async () => {
    const idle = connect(Number(new URL(secure.url).port), '127.0.0.1');
    idle.on('error', () => undefined);
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    expect(await secure.stop()).toEqual({ code: 0, signal: null });
    await closed;
  });

  it('C1 C3 that is invalid prevents the start; stderr lists all problems and no secret', async () => {
    const service = Service.spawn({
      WS_RATE_LIMIT: 'many',
      WS_JWT_SECRET: 'canary-secret',
      WS_ALLOWED_ORIGINS: 'example.com',
    });
    expect(await service.exited).toEqual({ code: 1, signal: null });
    const lines = service.stderr.split('\n').filter((line) => /^WS_[A-Z_]+: /.test(line));
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'WS_ALLOWED_ORIGINS',
      'WS_JWT_SECRET',
      'WS_RATE_LIMIT',
    ]);
    expect(service.stdout + service.stderr).not.toContain('canary');
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PLAIN_HTTP', 'yes'],
  ])('C1 prevents the start with %s=%s', (name, value) => {
    expect(() => serviceConfig({ [name]: value })).toThrow(new RegExp(`^${name}: must be `, 'm'));
  });

  it('C2 of production has neither a generated secret nor a demo login', async () => {
    const without = Service.spawn({ NODE_ENV: 'production' });
    expect((await without.exited).code).toBe(1);
    expect(without.stderr).toMatch(/^WS_JWT_SECRET: is required/m);
    expect(without.stdout).not.toContain('secret');
    const service = await Service.start({
      NODE_ENV: 'production',
      WS_JWT_SECRET: SECRET,
      WS_JWT_ISSUER: 'https://id.test',
      WS_JWT_AUDIENCE: 'chat',
    });
    expect((await post(`${service.url}/auth/login`, { username: 'alice' })).status).toBe(404);
    await service.stop();
  });
});
