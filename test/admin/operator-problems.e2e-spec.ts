import { gzipSync } from 'node:zlib';
import { Controller, Get, Post } from '@nestjs/common';
import { SecureGateway } from 'nestjs-ws-security';
import { BearerOperatorGuard, WsAdminModule } from 'nestjs-ws-security/admin';
import { type RunningApp, startApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class QuietGateway {}

/** A neighbour, whose errors stay as they are. */
@Controller('ws-admins')
class NeighbourController {
  @Get()
  get(): string {
    return 'here';
  }

  @Post()
  post(): string {
    return 'here';
  }
}

/** Express reads up to 100 KiB, Fastify 1 MiB. */
const TOO_LARGE = `{"note":"${'x'.repeat(1_100_000)}"}`;
const CANARY = 'canary-of-the-request';

interface Case {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
}

const json = { 'content-type': 'application/json' };
const post = { method: 'POST', path: '/users/disconnect' };
const CASES: Record<string, Case> = {
  'an unknown route': { method: 'GET', path: `/${CANARY}?x=${CANARY}`, status: 404, code: 'NOT_FOUND' },
  'a route below another': { method: 'GET', path: '/overview/more', status: 404, code: 'NOT_FOUND' },
  'another method': { method: 'PUT', path: '/overview', status: 404, code: 'NOT_FOUND' },
  OPTIONS: { method: 'OPTIONS', path: '/overview', status: 404, code: 'NOT_FOUND' },
  'a write to the path itself': { method: 'DELETE', path: '', status: 404, code: 'NOT_FOUND' },
  'JSON that cannot be parsed': {
    ...post,
    body: `{"note":"${CANARY}`,
    headers: json,
    status: 400,
    code: 'BAD_REQUEST',
  },
  'a body that is too large': {
    ...post,
    body: TOO_LARGE,
    headers: json,
    status: 413,
    code: 'CONTENT_TOO_LARGE',
  },
  'a media type that nobody reads': {
    ...post,
    body: `<note>${CANARY}</note>`,
    headers: { 'content-type': 'application/xml' },
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
};

describe.each([
  ['express', undefined, '/ws-admin'],
  ['fastify', undefined, '/ws-admin'],
  ['express', 'api', '/api/ws-admin'],
  ['fastify', 'api', '/api/ws-admin'],
] as const)("O3 problems of the operator's API on %s with the prefix %s", (platform, prefix, path) => {
  let node: RunningApp;
  let origin: string;
  let authorization: string;

  beforeAll(async () => {
    node = await startApp({
      platform,
      gateways: [QuietGateway],
      controllers: [NeighbourController],
      options: { adminReadLimit: 10_000 },
      imports: [WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })],
      beforeInit: (app) => {
        if (prefix) app.setGlobalPrefix(prefix);
      },
    });
    origin = node.url.replace('ws', 'http');
    authorization = `Bearer ${await mintToken({ sub: 'olga', scope: 'ws:read ws:write' })}`;
  });

  afterAll(() => node.close());

  const send = (url: string, { method, body, headers }: Pick<Case, 'method' | 'body' | 'headers'>) =>
    fetch(`${origin}${url}`, {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    });

  it.each(Object.entries(CASES))('%s', async (_name, { path: below, status, code, ...request }) => {
    const response = await send(`${path}${below}`, request);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      type: 'about:blank',
      title: expect.any(String) as string,
      status,
      code,
    });
    expect(response.status).toBe(status);
    expect(text).not.toContain(CANARY);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('a compressed body, which not every framework reads', async () => {
    const body = gzipSync('{"note":"x"}');
    const response = await send(`${path}${post.path}`, {
      ...post,
      body,
      headers: { ...json, 'content-encoding': 'x-unknown' },
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([400, 415]).toContain(response.status);
  });

  it('HEAD has the headers of GET, and no body', async () => {
    const right = await send(`${path}/overview`, { method: 'HEAD' });
    expect([right.status, await right.text()]).toEqual([200, '']);
    const unknown = await send(`${path}/unknown`, { method: 'HEAD' });
    expect([unknown.status, await unknown.text()]).toEqual([404, '']);
    expect(unknown.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('half a character in the path, which Fastify answers before anybody is asked', async () => {
    const response = await send(`${path}/rooms/%E0%A4`, { method: 'GET' });
    expect(response.status).toBe(400);
    if (platform === 'express') expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST' });
    else await response.text();
  });

  it('neighbours answer as before', async () => {
    const neighbour = `${path}s`;
    expect((await send(neighbour, { method: 'GET' })).status).toBe(200);
    for (const request of [{ method: 'PUT' }, { method: 'POST', body: '{"a', headers: json }] as const) {
      const response = await send(neighbour, request);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(await response.json()).toMatchObject({ statusCode: response.status });
    }
    const elsewhere = await send(`${prefix ? '/api' : ''}/nowhere`, { method: 'GET' });
    expect(await elsewhere.json()).toMatchObject({ statusCode: 404 });
  });
});
