import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WsConfigurationError } from 'nestjs-ws-security';

const START_MS = 10_000;

/** A `redis-server` of this machine, in memory, for as long as the nodes run. */
export class LocalRedis {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /** @throws WsConfigurationError when there is no `redis-server` */
  static async start(): Promise<LocalRedis> {
    const directory = mkdtempSync(join(tmpdir(), 'ws-security-redis-'));
    const port = await freePort();
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    // Ctrl+C in a terminal is for all processes; this one has to be there until the nodes have ended.
    const child = spawn('redis-server', [...settings, '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
      detached: true,
    });
    const failed = once(child, 'error').then(() => {
      rmSync(directory, { recursive: true });
      const message =
        'is not set, and redis-server was not found on this machine; install it, or set the URL';
      throw new WsConfigurationError([{ name: 'WS_REDIS_URL', message }]);
    });
    await Promise.race([answering(port), failed]);
    failed.catch(() => undefined);
    return new LocalRedis(child, directory, `redis://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill();
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await delay(20);
  }
  throw new Error('redis-server does not answer');
}
