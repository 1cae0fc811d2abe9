import { spawn } from 'node:child_process';
import { Bystander } from '../support/bystander.js';
import { processorMs } from '../support/processor-time.js';
import { hasProc, residentMb } from '../support/resident-memory.js';
import { Service } from '../support/service.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const COUNT = 3000;
const PER_SECOND = 2000;
/** The number of attempts in 10 ms. */
const AT_ONCE = 20;
/** The flood takes about half a second of processor time; the rest allows for a much slower machine. */
const MAX_PROCESSOR_MS = 6000;
const MAX_P99_MS = 100;
const MAX_GROWTH_MB = 35;
const MAX_LINES = 100;
const MIN_ECHOES = 30;

interface FloodResult {
  statuses: Record<string, number>;
}

interface JunkResult {
  written: number;
  cut: number;
}

/** Runs an attacker in its own process. Resolves with the result that it prints. */
function run<T>(script: string, order: object): Promise<T> {
  const attacker = spawn(process.execPath, [script, JSON.stringify(order)], { env: {} });
  let output = '';
  attacker.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  attacker.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    attacker.on('error', reject);
    attacker.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as T);
      else reject(new Error(`the attacker failed: ${output}`));
    });
  });
}

function flood(port: string, token: string): Promise<FloodResult> {
  const pace = { count: COUNT, perSecond: PER_SECOND, atOnce: AT_ONCE };
  return run('test/support/handshake-flood.mjs', { port: Number(port), from: '127.0.0.2', ...pace, token });
}

const linesOf = ({ stdout }: Service): number => stdout.split('\n').length - 1;

describe('under a flood of handshakes from one address', () => {
  let service: Service & { url: string };

  afterEach(() => service.stop());

  it.each([
    // The first two handshakes are within the rate. The bystander and the newcomer use another address.
    ['a wrong credential', 401, '100000'],
    ['their rate', 429, '2'],
  ])(
    'H12 L4 L5 refused for %s with %i: the service keeps serving others, and neither memory nor log grows',
    async (_what, status, connectRateLimit) => {
      service = await Service.start({
        PLAIN_HTTP: '1',
        WS_JWT_SECRET: SECRET,
        WS_RATE_LIMIT: '100000',
        WS_FRAME_RATE: '10000',
        WS_FRAME_BURST: '10000',
        WS_CONNECT_RATE_LIMIT: connectRateLimit,
        WS_CONNECT_RATE_TTL_MS: '3600000',
        WS_AUTH_FAILURE_LIMIT: '100000',
      });
      const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
      const { pid } = service.process;
      const forged = await mintToken({}, { secret: 'another secret that is more than 32 bytes long' });
      const bystander = await Bystander.connect(service, await mintToken({ sub: 'bystander' }));
      const [mbBefore, linesBefore] = [hasProc ? residentMb(service) : 0, linesOf(service)];
      const msBefore = processorMs(service);

      const { statuses } = await flood(new URL(url).port, forged);
      const tookMs = processorMs(service) - msBefore;
      const echoes = await bystander.leave();
      const growthMb = hasProc ? residentMb(service) - mbBefore : 0;
      const lines = linesOf(service) - linesBefore;

      // Every attempt got its answer.
      expect(Object.values(statuses).reduce((sum, number) => sum + number, 0)).toBe(COUNT);
      expect(statuses[status]).toBeGreaterThanOrEqual(COUNT - 2);
      expect(tookMs).toBeLessThan(MAX_PROCESSOR_MS);
      expect(echoes.count).toBeGreaterThan(MIN_ECHOES);
      expect(echoes.p99).toBeLessThan(MAX_P99_MS);
      expect(growthMb).toBeLessThan(MAX_GROWTH_MB);
      expect(lines).toBeGreaterThan(0);
      expect(lines).toBeLessThan(MAX_LINES);

      const newcomer = await TestClient.connect(url, { token: await mintToken({ sub: 'newcomer' }) });
      expect(await newcomer.request('echo', { text: 'hi' })).toMatchObject({ event: 'echo' });
      expect([service.process.pid, service.process.exitCode]).toEqual([pid, null]);
      await newcomer.close();
    },
    120_000,
  );
});

describe('when clients keep writing after their Close', () => {
  const JUNK_BYTES = 60 * 1_048_576;
  /** Twenty times the usual duration, for a much slower machine. */
  const MAX_JUNK_MS = 3000;
  let service: Service & { url: string };

  beforeAll(async () => {
    service = await Service.start({
      PLAIN_HTTP: '1',
      WS_JWT_SECRET: SECRET,
      WS_RATE_LIMIT: '100000',
      WS_FRAME_RATE: '10000',
      WS_FRAME_BURST: '10000',
    });
  });

  afterAll(() => service.stop());

  it.each([1, 50])(
    'R13 60 MB of junk from each of %i clients is cut short, without memory growth or long processor time',
    async (count) => {
      const bystander = await Bystander.connect(service, await mintToken({ sub: 'bystander' }));
      const [mbBefore, msBefore] = [hasProc ? residentMb(service) : 0, processorMs(service)];
      const port = Number(new URL(service.url).port);
      const order = { port, path: '/public', count, bytesEach: JUNK_BYTES, from: '127.0.0.2' };

      const { cut } = await run<JunkResult>('test/support/junk-flood.mjs', order);
      const tookMs = processorMs(service) - msBefore;
      const growthMb = hasProc ? residentMb(service) - mbBefore : 0;
      const echoes = await bystander.leave();

      expect(cut).toBe(count);
      expect(tookMs).toBeLessThan(MAX_JUNK_MS);
      expect(growthMb).toBeLessThan(MAX_GROWTH_MB);
      expect(echoes.p99).toBeLessThan(MAX_P99_MS);
      if (process.env['TEST_FIGURES']) console.log({ count, cut, tookMs, growthMb, echoes });
    },
    120_000,
  );
});
