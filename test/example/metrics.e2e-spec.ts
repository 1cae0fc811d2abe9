import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Service } from '../support/service.js';
import { SECRET } from '../support/tokens.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  PLAIN_HTTP: '1',
  WS_JWT_SECRET: SECRET,
  WS_JWT_ISSUER: 'i',
  WS_JWT_AUDIENCE: 'a',
  WS_TRUSTED_PROXIES: 'loopback',
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-metrics-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

it('O1 GET /metrics of the reference service', async () => {
  const service = await Service.start({ PLAIN_HTTP: '1' });
  const answer = await fetch(`${service.url}/metrics`, {
    headers: { accept: 'application/openmetrics-text' },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const text = await answer.text();
  for (const path of ['/ws', '/public']) expect(text).toContain(`path="${path}"`);
  expect(text).toContain('event="chat.send"');
  expect(await service.stop()).toEqual({ code: 0, signal: null });
});

it('O1 in production it needs a token where others can reach it', async () => {
  const open = Service.spawn({ ...PRODUCTION, HOST: '0.0.0.0' });
  expect(await open.exited).toEqual({ code: 1, signal: null });
  expect(open.stderr).toMatch(/^WS_METRICS_TOKEN_FILE: is required in production/m);
  const file = join(folder, 'token');
  writeFileSync(file, 'scraper-token\n');
  const service = await Service.start({ ...PRODUCTION, HOST: '0.0.0.0', WS_METRICS_TOKEN_FILE: file });
  const url = `${service.url}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  const authorization = 'Bearer scraper-token';
  expect((await fetch(url, { headers: { authorization, 'x-forwarded-proto': 'https' } })).status).toBe(200);
  await service.stop();
});
