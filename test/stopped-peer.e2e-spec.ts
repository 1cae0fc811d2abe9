import { spawn, type ChildProcess } from 'node:child_process';
import { connectionsOf, expectConnections } from './support/health.js';
import { Service } from './support/service.js';
import { TestClient } from './support/test-client.js';
import { mintToken } from './support/tokens.js';
import { UNLIMITED } from './support/unlimited.js';

const INTERVAL_MS = 500;
const TIMEOUT_MS = 500;
/** Two ticks of the timer wheel, and a machine that is busy with other things. */
const SLACK_MS = 1000;

let service: Service & { url: string };
let peer: ChildProcess;

afterEach(async () => {
  // A stopped process does not hear anything but this.
  peer.kill('SIGKILL');
  await service.stop();
});

/** Resolves when the peer has said something that ends in this. */
function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(text)) resolve();
    });
  });
}

it('S4 a client whose process is stopped is reaped in time, and one beside it that answers stays', async () => {
  service = await Service.start({
    ...UNLIMITED,
    PLAIN_HTTP: '1',
    WS_HEARTBEAT_INTERVAL_MS: String(INTERVAL_MS),
    WS_HEARTBEAT_TIMEOUT_MS: String(TIMEOUT_MS),
  });
  const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
  const token = await mintToken();
  const beside = await TestClient.connect(url, { token });
  peer = spawn(process.execPath, ['test/support/answering-peer.mjs', JSON.stringify({ url, token })], {
    env: {},
  });
  await said(peer, 'open');
  // It answers for as long as it runs: two rounds of pings have passed it when two have passed who is beside it.
  for (let pings = 0; pings < 3; pings++)
    await new Promise((resolve) => void beside.socket.once('ping', resolve));
  await expectConnections(service.url, 2);

  peer.kill('SIGSTOP');
  const stopped = performance.now();
  let connections = 2;
  while (connections === 2 && performance.now() - stopped < 10_000)
    connections = await connectionsOf(service.url);
  const reapedMs = performance.now() - stopped;
  expect(connections).toBe(1);
  expect(reapedMs).toBeLessThan(INTERVAL_MS + TIMEOUT_MS + SLACK_MS);

  const closed = said(peer, 'closed 1006');
  peer.kill('SIGCONT');
  await closed;
  expect(await beside.request('echo', { text: 'still here' })).toMatchObject({ event: 'echo' });
  await beside.close();
});
