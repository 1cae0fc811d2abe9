import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get as getFrom } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CanActivate, type ExecutionContext, Injectable, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsSecurityModule } from 'nestjs-ws-security';
import { WsMetricsModule, type WsMetricsModuleOptions } from 'nestjs-ws-security/metrics';
import { describeWithPromtool } from '../support/promtool.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
/** What Prometheus 3 sends. */
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const TOKEN = 'a token of a scraper';

@Injectable()
class HeaderGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-scraper'] === 'yes'
    );
  }
}

let folder: string;
let app: INestApplication;
const { NODE_ENV } = process.env;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'));
});

afterEach(async () => {
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

function tokenFile(token = TOKEN.replaceAll(' ', '-')): string {
  const path = join(folder, 'token');
  // As secrets are replaced: by a rename.
  writeFileSync(`${path}.new`, `${token}\n`);
  renameSync(`${path}.new`, path);
  return path;
}

interface Settings {
  metrics?: WsMetricsModuleOptions;
  metricsTokenFile?: string;
  authFailureLimit?: number;
}

async function create(platform: string, { metrics, ...options }: Settings = {}): Promise<void> {
  class AppModule {}
  const module = {
    module: AppModule,
    imports: [
      WsSecurityModule.forRoot({
        jwtSecret: SECRET,
        logSecurityEvents: false,
        jwtIssuer: 'i',
        jwtAudience: 'a',
        trustedProxies: ['loopback'],
        ...options,
      }),
      WsMetricsModule.forRoot(metrics),
    ],
    providers: [EchoGateway],
  };
  const settings = { logger: false, abortOnError: false } as const;
  app = await (platform === 'fastify'
    ? NestFactory.create(module, new FastifyAdapter(), settings)
    : NestFactory.create(module, settings));
}

async function start(platform: string, settings: Settings = {}): Promise<string> {
  await create(platform, settings);
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe.each(['express', 'fastify'])('O1 GET /metrics on %s', (platform) => {
  it('answers in the format that the scraper prefers', async () => {
    const url = await start(platform);
    const get = async (accept?: string): Promise<[string | null, string]> => {
      const answer = await fetch(`${url}/metrics`, accept === undefined ? {} : { headers: { accept } });
      expect(answer.status).toBe(200);
      return [answer.headers.get('content-type'), await answer.text()];
    };
    const [type, text] = await get(PROMETHEUS);
    expect(type).toBe(OPEN_METRICS);
    expect(text).toMatch(/^# TYPE ws_security_handshakes counter$/m);
    expect(text).toMatch(/^ws_security_handshakes_total\{path="\/ws",result="accepted"\} 0$/m);
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    // A counter is named without `_total` here, and a name is used once (OpenMetrics 1.0 §4.5).
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    const [older, plain] = await get('text/plain');
    expect(older).toBe(TEXT);
    expect(plain).toMatch(/^# TYPE ws_security_handshakes_total counter$/m);
    expect(plain).not.toContain('EOF');
    for (const accept of [
      undefined,
      '*/*',
      'text/html',
      'application/openmetrics-text;version=2.0.0',
      'application/openmetrics-text;q=0',
    ])
      expect((await get(accept))[0]).toBe(TEXT);
    for (const accept of [
      'application/openmetrics-text',
      'Application/OpenMetrics-Text; Version="1.0.0", text/plain',
    ])
      expect((await get(accept))[0]).toBe(OPEN_METRICS);
    expect((await get('application/openmetrics-text;q=0.2,text/plain;q=0.3'))[0]).toBe(TEXT);
  });

  it('wants the token of the file, also after it has changed, and counts wrong ones', async () => {
    const path = tokenFile('first-token');
    const url = `${await start(platform, { metricsTokenFile: path, authFailureLimit: 2 })}/metrics`;
    const without = await fetch(url);
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await fetch(url, bearer('first-token'))).status).toBe(200);
    tokenFile('second-token');
    expect((await fetch(url, bearer('second-token'))).status).toBe(200);
    const wrong = await fetch(url, bearer('first-token'));
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    expect((await fetch(url, bearer('second-tokens'))).status).toBe(401);
    const limited = await fetch(url, bearer('wrong'));
    expect([limited.status, limited.headers.has('retry-after')]).toEqual([429, true]);
    expect(await limited.text()).not.toContain('ws_security');
    // The limit is for guesses only.
    expect((await fetch(url, bearer('second-token'))).status).toBe(200);
    writeFileSync(path, '');
    expect((await fetch(url, bearer('second-token'))).status).toBe(200);
  });

  it('asks the guards of the application', async () => {
    const url = `${await start(platform, { metrics: { path: '/internal/metrics', guards: [HeaderGuard] } })}/internal/metrics`;
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { headers: { 'x-scraper': 'yes' } })).status).toBe(200);
  });

  it('is refused in production where everybody could read it', async () => {
    process.env['NODE_ENV'] = 'production';
    await create(platform);
    await expect(app.listen(0, '0.0.0.0')).rejects.toThrow(
      /^WS_METRICS_TOKEN_FILE: is required in production.*guard, or listen on a loopback address$/m,
    );
    expect((app.getHttpServer() as { listening: boolean }).listening).toBe(false);
  });

  it.each([
    ['a loopback address', {}, '127.0.0.1'],
    ['a token', { token: true }, '0.0.0.0'],
    ['a guard', { metrics: { guards: [HeaderGuard] } }, '0.0.0.0'],
  ])(
    'is served in production with %s',
    async (_, { token, ...settings }: Settings & { token?: boolean }, host) => {
      process.env['NODE_ENV'] = 'production';
      await create(platform, { ...settings, ...(token && { metricsTokenFile: tokenFile() }) });
      await app.listen(0, host);
      expect((app.getHttpServer() as { listening: boolean }).listening).toBe(true);
    },
  );

  it('is served in production on a Unix socket', async () => {
    process.env['NODE_ENV'] = 'production';
    await create(platform);
    await app.listen(join(folder, 'service.sock'));
    const body = await new Promise<string>((resolve, reject) => {
      const socketPath = join(folder, 'service.sock');
      getFrom({ socketPath, path: '/metrics', headers: { host: 'x' } }, (response) => {
        textOf(response).then(resolve, reject);
      });
    });
    expect(body).toContain('ws_security_info');
  });
});

it('O1 a token file without a token stops the start', async () => {
  for (const token of ['', 'two tokens', 'ü'])
    await expect(create('express', { metricsTokenFile: tokenFile(token) })).rejects.toThrow(
      /^WS_METRICS_TOKEN_FILE: must name a file with one token/m,
    );
  await expect(create('express', { metricsTokenFile: join(folder, 'none') })).rejects.toThrow(
    /^WS_METRICS_TOKEN_FILE: must name a file that can be read \(ENOENT\)$/m,
  );
});

describeWithPromtool('O1 promtool', () => {
  it('finds nothing to say about the metrics', async () => {
    const url = await start('express');
    const client = await TestClient.connect(`${url.replace('http', 'ws')}/ws`, {
      token: await mintToken({ iss: 'i', aud: 'a' }),
    });
    await client.request('echo', { text: 'hi' });
    await client.request('invented', undefined);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain(
      'ws_security_message_duration_seconds_bucket{path="/ws",event="echo",le="+Inf"} 1',
    );
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect([stderr + stdout, status]).toEqual(['', 0]);
  });
});
