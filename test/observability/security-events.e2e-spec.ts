import { Injectable } from '@nestjs/common';
import {
  type CredentialCheck,
  type SecurityEvent,
  SecurityEvents,
  SecurityEventSink,
} from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@Injectable()
class FullDisk extends SecurityEventSink {
  static attempts = 0;

  override write(): void {
    FullDisk.attempts++;
    throw new Error('ENOSPC');
  }
}

let running: RunningApp;

afterEach(() => running.close());

it('L5 a failure to write log lines does not affect connections', async () => {
  const clock = new ManualClock();
  running = await startApp({
    gateways: [EchoGateway],
    clock,
    options: { logSecurityEvents: true },
    module: { providers: [{ provide: SecurityEventSink, useClass: FullDisk }] },
  });
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  const refused = Array.from({ length: 20 }, () => rawHandshake(running.port, requestText('/ws', {})));
  expect(new Set((await Promise.all(refused)).map(({ status }) => status))).toEqual(new Set([401]));
  // A timer logs the summary of suppressed lines later.
  clock.advance(10_000);
  expect(FullDisk.attempts).toBeGreaterThan(11);
  expect(await client.request('echo', { text: 'here' })).toMatchObject({ event: 'echo' });
  await client.close();
});

@Injectable()
class KeptLines extends SecurityEventSink {
  static lines: SecurityEvent[] = [];

  override write(event: SecurityEvent): void {
    KeptLines.lines.push(event);
  }
}

it('L4 N18 a flood of one wrong credential does not hide another check, and no text makes a kind of its own', async () => {
  const clock = new ManualClock();
  KeptLines.lines = [];
  running = await startApp({
    gateways: [EchoGateway],
    clock,
    options: { logSecurityEvents: true, authFailureLimit: 1000 },
    module: { providers: [{ provide: SecurityEventSink, useClass: KeptLines }] },
  });
  const wrong = { Authorization: 'Bearer garbage' };
  for (let i = 0; i < 30; i++) await rawHandshake(running.port, requestText('/ws', wrong));
  const expired = await mintToken({}, { expiresIn: -3600, now: clock.now() });
  await rawHandshake(running.port, requestText('/ws', { Authorization: `Bearer ${expired}` }));
  clock.advance(10_000);
  const refusedBy = (check: string): unknown[] =>
    KeptLines.lines.filter((line) => line.type === 'handshake.refused' && line.check === check);
  expect(refusedBy('malformed')).toHaveLength(10);
  expect(refusedBy('expired')).toHaveLength(1);
  expect(KeptLines.lines.filter(({ type }) => type === 'events.suppressed')).toMatchObject([
    {
      of: 'handshake.refused',
      code: 'UNAUTHENTICATED',
      check: 'malformed',
      suppressed: 20,
      top: [{ address: '127.0.0.1', count: 20 }],
      owasp: 'authn_login_fail',
      severity: 'warn',
    },
  ]);
  KeptLines.lines = [];
  const events = running.app.get(SecurityEvents);
  for (let i = 0; i < 30; i++)
    events.emit({
      type: 'handshake.refused',
      code: 'UNAUTHENTICATED',
      status: 401,
      'client.address': '192.0.2.1',
      'url.path': '/ws',
      check: `text ${i}` as CredentialCheck,
    });
  expect(KeptLines.lines).toHaveLength(10);
});
