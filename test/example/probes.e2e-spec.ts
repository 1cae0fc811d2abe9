import { atOnce } from '../support/at-once.js';
import { eventually } from '../support/eventually.js';
import { handshake } from '../support/proxied-handshake.js';
import { Service } from '../support/service.js';

const STUCK_MS = 5000;

type Running = Service & { url: string };

async function probe({ url }: Running, path: string): Promise<[number, unknown]> {
  const response = await fetch(url + path, { headers: { connection: 'close' } });
  return [response.status, await response.json()];
}

describe('the reference service', () => {
  let usual: Running;

  beforeAll(async () => {
    usual = await Service.start({ PLAIN_HTTP: '1' });
  });

  afterAll(() => usual.stop());

  it('is live and ready', () => answers(usual));

  const test = atOnce(2);
  test('S8 is not ready after a signal, and accepts clients for WS_DRAIN_DELAY_MS', async (later) => {
    const service = await Service.start({ PLAIN_HTTP: '1', WS_DRAIN_DELAY_MS: '3000' });
    later(() => service.stop());
    await delays(service);
  });
  test('is not live when its event loop has been stopped for five seconds', () => sticks(usual));
});

async function answers(service: Running): Promise<void> {
  expect(await probe(service, '/livez')).toEqual([200, { status: 'live' }]);
  expect(await probe(service, '/readyz')).toEqual([200, { status: 'ready' }]);
}

async function delays(service: Running): Promise<void> {
  service.process.kill('SIGTERM');
  const isReady = async (): Promise<boolean> => (await probe(service, '/readyz'))[0] === 200;
  while (await isReady());
  const { status, end } = await handshake(service.url);
  expect(status).toBe(101);
  end();
  expect(await probe(service, '/readyz')).toEqual([503, { status: 'not-ready' }]);
  expect(await probe(service, '/livez')).toEqual([200, { status: 'live' }]);
  expect(await service.exited).toEqual({ code: 0, signal: null });
}

async function sticks(service: Running): Promise<void> {
  expect(await probe(service, '/livez')).toEqual([200, { status: 'live' }]);
  service.process.kill('SIGSTOP');
  const answer = probe(service, '/livez');
  // No clock but the real one stops with a process.
  await new Promise((resolve) => setTimeout(resolve, STUCK_MS + 700));
  service.process.kill('SIGCONT');
  expect(await answer).toEqual([503, { status: 'stuck' }]);
  await eventually(async () => expect(await probe(service, '/livez')).toEqual([200, { status: 'live' }]));
}
