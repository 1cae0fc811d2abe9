import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ConnectionRegistry,
  InvalidCredentialError,
  SECURITY_OPTIONS,
  SecurityEvents,
  TokenVerifier,
  WsSecurityModule,
  type Principal,
  type ResolvedOptions,
  type SecurityEvent,
} from 'nestjs-ws-security';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EchoGateway } from '../support/echo.gateway.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

describe.each(['express', 'fastify'] as const)('on %s', (platform) => {
  it('serves a gateway on the application’s port', async () => {
    const running = await startApp({ gateways: [EchoGateway], platform });
    const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
    expect((await TestClient.refused(`${running.url}/ws`)).status).toBe(401);
    expect((await TestClient.refused(`${running.url}/nowhere`)).status).toBe(404);
    const closing = running.close();
    expect((await client.closed).code).toBe(1012);
    await closing;
  });
});

it('C1 a gateway without the module does not start, and the error says what to import', async () => {
  const module = Test.createTestingModule({ providers: [EchoGateway] });
  await expect(module.compile()).rejects.toThrow(
    /^WebSocket security is not configured correctly:\nWsSecurityModule: is not imported, .* add WsSecurityModule\.forRoot\(\)/,
  );
});

it('forRootAsync takes options from other providers', async () => {
  @Injectable()
  class Secrets {
    read(): Promise<string> {
      return Promise.resolve(SECRET);
    }
  }

  @Module({ providers: [Secrets], exports: [Secrets] })
  class SecretsModule {}

  const module = await Test.createTestingModule({
    imports: [
      WsSecurityModule.forRootAsync({
        imports: [SecretsModule],
        inject: [Secrets],
        useFactory: async (secrets: Secrets) => ({ jwtSecret: await secrets.read(), rateLimit: 7 }),
      }),
    ],
    providers: [EchoGateway],
  }).compile();
  expect(module.get<ResolvedOptions>(SECURITY_OPTIONS, { strict: false })).toMatchObject({ rateLimit: 7 });
  const app = module.createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const client = await TestClient.connect(`ws://127.0.0.1:${port}/ws`, { token: await mintToken() });
  expect(app.get(ConnectionRegistry).size).toBe(1);
  await client.close();
  await app.close();
});

describe('a verifier of the application', () => {
  @Injectable()
  class LegacySessions extends TokenVerifier {
    override verify(token: string): Promise<Principal> {
      if (token === 'down') return Promise.reject(new Error('canary-database'));
      if (token !== 'session-1') return Promise.reject(new InvalidCredentialError('no such session'));
      return Promise.resolve({
        id: 'carol',
        issuer: 'legacy',
        kind: 'token',
        roles: [],
        scopes: [],
        claims: {},
        expiresAt: null,
        sessionId: token,
      });
    }
  }

  it('replaces the built-in one, and answers 503 while it cannot decide', async () => {
    const module = await Test.createTestingModule({
      imports: [
        WsSecurityModule.forRoot({ providers: [{ provide: TokenVerifier, useClass: LegacySessions }] }),
      ],
      providers: [EchoGateway],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const url = `ws://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/ws`;
    const client = await TestClient.connect(url, { token: 'session-1' });
    expect(app.get(ConnectionRegistry).ofUser('carol', 'legacy')).toHaveLength(1);
    expect((await TestClient.refused(url, { token: 'session-2' })).body).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const events: SecurityEvent[] = [];
    app.get(SecurityEvents).events.subscribe((event) => events.push(event));
    const unavailable = await TestClient.refused(url, { token: 'down' });
    expect(unavailable).toMatchObject({
      status: 503,
      body: { code: 'AUTH_UNAVAILABLE' },
      headers: { 'retry-after': '5' },
    });
    expect(events).toMatchObject([
      { type: 'verifier.unavailable', verifier: 'LegacySessions' },
      { code: 'AUTH_UNAVAILABLE', reason: 'Error: canary-database' },
    ]);
    await client.close();
    await app.close();
  });
});
