import { Injectable } from '@nestjs/common';
import { SecurityEvents } from 'nestjs-ws-security';
import { EchoGateway } from '../support/echo.gateway.js';
import { ManualClock } from '../support/manual-clock.js';
import { rawHandshake, requestText } from '../support/raw-handshake.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@Injectable()
class FullDisk extends SecurityEvents {
  static attempts = 0;

  protected override write(): void {
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
    module: { providers: [{ provide: SecurityEvents, useClass: FullDisk }] },
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
