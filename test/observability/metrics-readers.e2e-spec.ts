import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type MetricData,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import { otelMetricProducer, WsMetricsModule } from 'nestjs-ws-security/metrics';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { EchoGateway } from '../support/echo.gateway.js';
import { MetricsOf } from '../support/metrics-of.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** A reader that exports nothing by itself. */
class OnDemandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

let running: RunningApp;

async function start(imports: object[] = []): Promise<void> {
  running = await startApp({ gateways: [EchoGateway], module: { imports: imports as never } });
  const client = await TestClient.connect(`${running.url}/ws`, { token: await mintToken() });
  await client.request('echo', { text: 'hi' });
  await client.request('echo', { text: 'ho' });
}

describe('O1 a registry of prom-client', () => {
  afterEach(() => running.close());

  it('has all metrics beside its own, in both formats, and gives them back at the end', async () => {
    const register = new Registry();
    collectDefaultMetrics({ register });
    new Counter({ name: 'own_total', help: 'h', registers: [register] }).inc();
    await start([WsMetricsModule.forRoot({ register })]);
    const text = await register.metrics();
    expect(text).toMatch(/^# TYPE ws_security_messages_total counter$/m);
    expect(text).toMatch(/^ws_security_messages_total\{path="\/ws",event="echo",outcome="ok"\} 2$/m);
    expect(text).toMatch(
      /^ws_security_message_duration_seconds_bucket\{le="\+Inf",path="\/ws",event="echo"\} 2$/m,
    );
    expect(text).toMatch(/^ws_security_message_duration_seconds_count\{path="\/ws",event="echo"\} 2$/m);
    expect(text).toMatch(/^own_total 1$/m);
    for (const { name } of new MetricsOf(running.app).families) expect(text).toContain(`# TYPE ${name} `);
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const open = await register.metrics();
    expect(open).toMatch(/^# TYPE ws_security_messages counter$/m);
    expect(open).toMatch(/^ws_security_messages_total\{path="\/ws",event="echo",outcome="ok"\} 2$/m);
    expect(open).not.toContain('_total_total');
    // There is no second endpoint.
    expect((await fetch(`${running.url.replace('ws', 'http')}/metrics`)).status).toBe(404);
    register.resetMetrics();
    expect(await register.getSingleMetricAsString('ws_security_messages_total')).toContain('outcome="ok"} 2');
    await running.close();
    expect(await register.metrics()).not.toContain('ws_security');
  });

  it('reads everything once a scrape', async () => {
    const register = new Registry();
    await start([WsMetricsModule.forRoot({ register })]);
    const { WsMetrics } = await import('nestjs-ws-security');
    const metrics = running.app.get(WsMetrics);
    const collect = metrics.collect.bind(metrics);
    let calls = 0;
    metrics.collect = () => {
      calls++;
      return collect();
    };
    await register.metrics();
    await register.metrics();
    expect(calls).toBe(2);
  });
});

describe('O1 a reader of OpenTelemetry', () => {
  const reader = new OnDemandReader({ metricProducers: [otelMetricProducer()] });
  const provider = new MeterProvider({ readers: [reader] });

  const collected = async (): Promise<Map<string, MetricData>> => {
    const { resourceMetrics, errors } = await reader.collect();
    expect(errors).toEqual([]);
    const own = resourceMetrics.scopeMetrics.find(({ scope }) => scope.name === 'nestjs-ws-security');
    return new Map(own?.metrics.map((metric) => [metric.descriptor.name, metric]));
  };

  afterAll(() => provider.shutdown());

  it('exists before the application, and gets its metrics while it runs', async () => {
    const { size: before } = await collected();
    await start();
    const metrics = await collected();
    expect(metrics.size).toBe(new MetricsOf(running.app).families.length);
    expect(metrics.get('ws_security.messages')).toMatchObject({
      dataPointType: DataPointType.SUM,
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      isMonotonic: true,
      descriptor: { unit: '' },
      dataPoints: [{ attributes: { path: '/ws', event: 'echo', outcome: 'ok' }, value: 2 }],
    });
    expect(metrics.get('ws_security.message.duration')).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      descriptor: { unit: 's' },
      dataPoints: [{ attributes: { path: '/ws', event: 'echo' }, value: { count: 2 } }],
    });
    expect(metrics.get('ws_security.bans.active')?.dataPointType).toBe(DataPointType.GAUGE);
    expect(metrics.get('ws_security.connections')?.dataPointType).toBe(DataPointType.GAUGE);
    expect(metrics.get('ws_security.received')?.descriptor.unit).toBe('By');
    const [point] = metrics.get('ws_security.message.duration')?.dataPoints ?? [];
    const { buckets } = (point as { value: { buckets: { boundaries: number[]; counts: number[] } } }).value;
    expect(buckets.counts.length).toBe(buckets.boundaries.length + 1);
    expect(point?.endTime[0]).toBeGreaterThanOrEqual(point?.startTime[0] ?? Infinity);
    await running.close();
    expect((await collected()).size).toBe(before);
  });
});
