import { spawn, type ChildProcess } from 'node:child_process';
import { connectionCount, expectConnections } from '../support/connection-count.js';
import { Service } from '../support/service.js';
import { mintToken } from '../support/tokens.js';
import { UNLIMITED } from '../support/unlimited.js';

const INTERVAL_MS = 500;
/** Long enough for an answer on a slow machine. */
const TIMEOUT_MS = 2000;
/** Between questions. */
const PAUSE_MS = 20;
/** Added for a busy machine. The sum is still less than the default timeout. */
const SLACK_MS = 6000;

let service: Service & { url: string };
const peers: Peer[] = [];

afterEach(async () => {
  // SIGKILL also ends a stopped process.
  for (const { process } of peers) process.kill('SIGKILL');
  await service.stop();
});

/** A client in its own process. Its output is kept until it is read. */
class Peer {
  private output = '';

  constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  static spawn(url: string, token: string): Peer {
    const script = 'test/support/answering-peer.mjs';
    const peer = new Peer(spawn(process.execPath, [script, JSON.stringify({ url, token })], { env: {} }));
    peers.push(peer);
    return peer;
  }

  /** Resolves when it has printed this `times` times since the last call. */
  async said(line: string, times = 1): Promise<void> {
    for (let heard = 0; heard < times; heard++) {
      while (!this.output.includes(`${line}\n`))
        await new Promise((resolve) => this.process.stdout?.once('data', resolve));
      this.output = this.output.slice(this.output.indexOf(`${line}\n`) + line.length + 1);
    }
  }

  /** Resolves when it prints this again. */
  async saysAgain(line: string): Promise<void> {
    this.output = '';
    await this.said(line);
  }
}

it('S4 a client whose process is stopped is closed in time, and one that answers stays', async () => {
  service = await Service.start({
    ...UNLIMITED,
    PLAIN_HTTP: '1',
    WS_HEARTBEAT_INTERVAL_MS: String(INTERVAL_MS),
    WS_HEARTBEAT_TIMEOUT_MS: String(TIMEOUT_MS),
  });
  const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
  const token = await mintToken();
  const [peer, beside] = [Peer.spawn(url, token), Peer.spawn(url, token)];
  await Promise.all([peer.said('open'), beside.said('open')]);
  await Promise.all([peer.said('ping', 2), beside.said('ping', 2)]);
  await expectConnections(service.url, 2);

  peer.process.kill('SIGSTOP');
  const stopped = performance.now();
  while ((await connectionCount(service.url)) === 2) {
    expect(performance.now() - stopped).toBeLessThan(INTERVAL_MS + TIMEOUT_MS + SLACK_MS);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  expect(await connectionCount(service.url)).toBe(1);

  peer.process.kill('SIGCONT');
  await peer.said('closed 1006');
  await beside.saysAgain('ping');
  expect(await connectionCount(service.url)).toBe(1);
});
