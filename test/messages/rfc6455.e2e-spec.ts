import { type Case, closed, cut, echoed, request } from '../rfc6455/case.js';
import { CHAPTERS } from '../rfc6455/chapters.js';
import { DELIVERIES, play } from '../rfc6455/play.js';
import { expectConnections } from '../support/connection-count.js';
import type { Target } from '../support/raw-connection.js';
import { close, text } from '../support/raw-frames.js';
import { Service } from '../support/service.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { UNLIMITED } from '../support/unlimited.js';

interface TitledCase extends Case {
  title: string;
}

const CASES: TitledCase[] = CHAPTERS.flatMap(({ title, ids, cases }) =>
  cases.map((one) => ({ ...one, title: `${ids} ${title}: ${one.name} is ${outcomeOf(one)}` })),
);

function outcomeOf({ steps }: Case): string {
  const last = steps.at(-1);
  if (last === undefined || Buffer.isBuffer(last)) throw new Error('a case must expect something');
  if (last.kind === 'close') return `closed with ${last.code ?? 'no code'}`;
  return `answered with ${last.kind === 'error' ? last.code : last.kind}`;
}

it('the table contains at least 400 distinct cases', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(400);
  expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length);
});

describe.each([
  { transport: 'TCP', env: { PLAIN_HTTP: '1' }, cases: CASES },
  // The same frames in other packets, so a sample of the cases is enough.
  { transport: 'TLS', env: {}, cases: CASES.filter((_, index) => index % 12 === 0) },
])('frames over $transport', ({ transport, env, cases }) => {
  let service: Service & { url: string };
  let own: number | undefined;
  let target: Target;
  let bystander: TestClient;

  beforeAll(async () => {
    service = await Service.start({ ...UNLIMITED, ...env });
    own = service.process.pid;
    const token = await mintToken();
    target = { url: service.url, token };
    bystander = await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, { token });
  });

  afterAll(async () => {
    await bystander.close();
    await service.stop();
  });

  it.each(cases)('$title', async (one) => {
    await Promise.all(DELIVERIES.map((delivery) => play(one, target, delivery)));
    const { event } = await bystander.request('echo', { text: 'hi' });
    const { pid, exitCode } = service.process;
    expect({ event, pid, exitCode, stderr: service.stderr }).toEqual({
      event: 'echo',
      pid: own,
      exitCode: null,
      stderr: '',
    });
  });

  // A question to the service costs as much as a case.
  it('leave no connection behind', () => expectConnections(service.url, 1));

  if (transport !== 'TLS') return;

  // Each TLS record is one chunk to the service, while TCP may join separate writes.
  it.each([
    [1000, [echoed(1)]],
    [1100, [closed(1008)]],
  ])('L5 R6 a text in %i chunks of one byte', async (size, expected) => {
    const bytes = text(request(1, { size }));
    const records = cut(bytes, ...Array.from({ length: size }, (_, index) => bytes.length - size + index));
    await play({ name: '', steps: [...records, ...expected] }, target, 'byte by byte');
    await expectConnections(service.url, 1);
  });
});

describe('the log of a service', () => {
  const codes = [1000, 1002, 1003, 1007, 1008, 1009];
  const chosen = Array.from({ length: 100 }, (_, index) => 3000 + index);
  let lines: string[];
  let tookMs: number;

  beforeAll(async () => {
    const began = performance.now();
    const service = await Service.start({ ...UNLIMITED, PLAIN_HTTP: '1' });
    const target = { url: service.url, token: await mintToken() };
    for (const code of codes) {
      const ending = (one: Case): boolean =>
        JSON.stringify(one.steps.at(-1)) === JSON.stringify(closed(code));
      await play(CASES.find(ending) as Case, target, 'as written');
      await expectConnections(service.url, 0);
    }
    await Promise.all(
      chosen.map((code) => play({ name: '', steps: [close(code), closed(code)] }, target, 'as written')),
    );
    await expectConnections(service.url, 0);
    await service.stop();
    lines = service.stdout.split('\n').filter((line) => line.includes('"type":"connection.closed"'));
    tookMs = performance.now() - began;
  });

  it('L1 the event of a closed connection has the close code that was sent', () => {
    const logged = lines.map((line) => (JSON.parse(line) as Record<string, unknown>)['close.code']);
    expect(logged.slice(0, codes.length)).toEqual(codes);
  });

  it('L4 close codes chosen by clients do not multiply the log lines', () => {
    const others = lines.length - codes.length;
    expect(others).toBeGreaterThan(0);
    // Ten lines and one summary for each ten seconds of the test.
    const windows = Math.floor(tookMs / 10_000) + 1;
    expect(others).toBeLessThanOrEqual(11 * windows);
  });
});
