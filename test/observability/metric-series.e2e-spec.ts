import type { Type } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsOptional, IsString } from 'class-validator';
import { SecureGateway } from 'nestjs-ws-security';
import { eventually } from '../support/eventually.js';
import { MetricsOf } from '../support/metrics-of.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

const PATHS = ['/a', '/b', '/c'];
const EVENTS = 10;

class TextDto {
  @IsOptional()
  @IsString()
  text?: string;
}

/** A gateway with ten events. */
function gatewayAt(path: string): Type {
  @SecureGateway({ path })
  class WideGateway {}

  for (let n = 0; n < EVENTS; n++) {
    const name = `event${n}`;
    const descriptor = { value: (body: TextDto) => body, writable: true, configurable: true };
    Object.defineProperty(WideGateway.prototype, name, descriptor);
    Reflect.defineMetadata('design:paramtypes', [TextDto], WideGateway.prototype, name);
    MessageBody()(WideGateway.prototype, name, 0);
    SubscribeMessage(`${path.slice(1)}.${n}`)(WideGateway.prototype, name, descriptor);
  }
  return WideGateway;
}

let running: RunningApp;
let metrics: MetricsOf;

beforeAll(async () => {
  running = await startApp({
    gateways: PATHS.map(gatewayAt),
    options: { rateLimit: 100_000, frameRate: 100_000, frameBurst: 100_000, strikeLimit: 1000 },
  });
  metrics = new MetricsOf(running.app);
});

afterAll(() => running.close());

/** The series of one metric. */
const seriesOf = (name: string): number => {
  const family = metrics.families.find((one) => one.name === name);
  if (!family) throw new Error(`there is no ${name}`);
  return family.type === 'histogram'
    ? family.samples.reduce((sum, { counts }) => sum + counts.length + 2, 0)
    : family.samples.length;
};

it('O1 before the first client there is what alerts need, and little else', async () => {
  expect(seriesOf('ws_security_messages_total')).toBe(30);
  // Accepted, and thirteen codes: an unknown path is none of a gateway.
  expect(seriesOf('ws_security_handshakes_total')).toBe(3 * 14);
  expect(metrics.value('ws_security_handshakes_total', { result: 'AUTH_UNAVAILABLE' })).toBe(0);
  for (const { name, type, samples } of metrics.families)
    if (type === 'histogram') expect([name, samples]).toEqual([name, []]);
  expect(metrics.series).toBeLessThan(140);
});

it('O1 with every event of 3 paths and 30 events used, there are fewer than 1,000 series', async () => {
  const token = await mintToken();
  for (const path of PATHS) {
    const url = `${running.url}${path}`;
    const client = await TestClient.connect(url, { token });
    for (let n = 0; n < EVENTS; n++) {
      const event = `${path.slice(1)}.${n}`;
      expect(await client.request(event, { text: 'hi' })).toMatchObject({ event });
      expect(await client.request(event, { text: 7 })).toMatchObject({ event: 'exception' });
    }
    await client.request('unknown');
    await client.close();
    await TestClient.refused(url);
    await TestClient.refused(url, { token: 'x.y.z' });
    await TestClient.refused(url, { token, origin: 'https://evil.example' });
  }
  await TestClient.refused(`${running.url}/nowhere`);
  await eventually(async () => Promise.resolve(expect(metrics.value('ws_security_connections')).toBe(0)));
  // One histogram an event, and none of waits: nothing has waited.
  expect(seriesOf('ws_security_message_duration_seconds')).toBe(30 * 17);
  expect(seriesOf('ws_security_message_wait_seconds')).toBe(0);
  expect(seriesOf('ws_security_handshakes_total')).toBe(3 * 14 + 1);
  expect(metrics.series).toBeGreaterThan(600);
  expect(metrics.series).toBeLessThan(1000);
});
