import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuTimeOf } from './cpu-time.js';

const BINARY = process.env['REDIS_SERVER'] ?? 'redis-server';
const START_TIMEOUT_MS = 15_000;
const CALLS_OF_SCRIPTS = /cmdstat_(?:evalsha|eval|fcall):calls=(\d+)/g;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A `redis-server` of the benchmark's own, on a free port of 127.0.0.1 and without persistence. */
export class RedisProcess {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  /** Why there is none on this machine, or undefined when there is. */
  static unavailable(): string | undefined {
    return spawnSync(BINARY, ['--version']).status === 0 ? undefined : 'needs redis-server';
  }

  static async start(): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort(), mkdtempSync(join(tmpdir(), 'bench-redis-')));
    await redis.launch();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** CPU microseconds so far, in steps of 10,000. */
  cpu(): number {
    return cpuTimeOf(this.child?.pid as number);
  }

  /** Stops the process; its connections stay open. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts it again on the same port, with empty memory. Resolves when it answers. */
  async launch(): Promise<void> {
    const settings = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.directory];
    const child = spawn(BINARY, [...settings, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline && child.exitCode === null) {
      if ((await this.command('PING').catch(() => undefined)) === 'PONG') return;
      await delay(10);
    }
    throw new Error(`redis-server did not start on port ${this.port}`);
  }

  /** The calls of scripts so far, as Redis counts them. */
  async calls(): Promise<number> {
    const stats = String(await this.command('INFO', 'commandstats'));
    return [...stats.matchAll(CALLS_OF_SCRIPTS)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async command(name: string, ...args: string[]): Promise<unknown> {
    // A run that does not measure several nodes needs none of it.
    const { Redis } = await import('ioredis');
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    client.on('error', () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
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
