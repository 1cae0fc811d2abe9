import { handshake } from '../support/proxied-handshake.js';
import { Service } from '../support/service.js';

const STUCK_MS = 5000;

let service: Service & { url: string };

const start = async (env: Record<string, string> = {}): Promise<void> => {
  service = await Service.start({ PLAIN_HTTP: '1', ...env });
};

afterEach(() => service.stop());

async function probe(path: string): Promise<[number, unknown]> {
  const response = await fetch(service.url + path, { headers: { connection: 'close' } });
  return [response.status, await response.json()];
}

it('the reference service is live and ready', async () => {
  await start();
  expect(await probe('/livez')).toEqual([200, { status: 'live' }]);
  expect(await probe('/readyz')).toEqual([200, { status: 'ready' }]);
});

it('S8 is not ready after a signal, and accepts clients for WS_DRAIN_DELAY_MS', async () => {
  await start({ WS_DRAIN_DELAY_MS: '3000' });
  service.process.kill('SIGTERM');
  for (let [status] = await probe('/readyz'); status === 200; [status] = await probe('/readyz'));
  const { status, end } = await handshake(service.url);
  expect(status).toBe(101);
  end();
  expect(await probe('/readyz')).toEqual([503, { status: 'not-ready' }]);
  expect(await probe('/livez')).toEqual([200, { status: 'live' }]);
  expect(await service.exited).toEqual({ code: 0, signal: null });
});

it('is not live when its event loop has been stopped for five seconds', async () => {
  await start();
  expect(await probe('/livez')).toEqual([200, { status: 'live' }]);
  service.process.kill('SIGSTOP');
  const answer = probe('/livez');
  // No clock but the real one stops with a process.
  await new Promise((resolve) => setTimeout(resolve, STUCK_MS + 700));
  service.process.kill('SIGCONT');
  expect(await answer).toEqual([503, { status: 'stuck' }]);
  let live = await probe('/livez');
  for (; live[0] !== 200; live = await probe('/livez'));
  expect(live).toEqual([200, { status: 'live' }]);
});
