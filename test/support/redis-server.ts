import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { Issued } from './certificate-authority.js';
import { describeWithProgram, isInstalled } from './installed.js';
import { type CommandArgument, runCommands } from './redis-commands.js';
import { stateOfFiles } from './state-of-files.js';

const BINARIES = {
  'redis-server': process.env.REDIS_SERVER ?? 'redis-server',
  'redis-sentinel': process.env.REDIS_SENTINEL ?? 'redis-sentinel',
};
const START_MS = 15_000;
/** What a server writes when it takes commands. */
const READY = /Ready to accept connections|Sentinel ID is/;
const CLOCK_SOURCE = 'test/support/redis-clock.c';
const CLOCKS = resolve('node_modules/.cache/redis-clock');

/** A program of Redis. */
export type RedisProgram = keyof typeof BINARIES;

/**
 * `describe` for tests that need a Redis of their own. Where there is no `redis-server` they are skipped, and the name
 * says why; with `CI=true` they fail instead.
 */
export const describeWithRedis = (name: string, define: () => void): void =>
  describeWithPrograms(['redis-server'], name, define);

/** As {@link describeWithRedis}, for tests that need Sentinels as well. */
export const describeWithSentinel = (name: string, define: () => void): void =>
  describeWithPrograms(['redis-server', 'redis-sentinel'], name, define);

function describeWithPrograms(programs: readonly RedisProgram[], name: string, define: () => void): void {
  const missing = programs.find((program) => !isInstalled(BINARIES[program])) ?? programs[0];
  describeWithProgram(missing as RedisProgram, name, define, BINARIES[missing as RedisProgram]);
}

/** As {@link describeWithRedis}, for tests that set the clock of the server; they need a C compiler. */
export const describeWithRedisClock = withCompiler(describeWithRedis);

/** As {@link describeWithSentinel}, for tests that set the clock of the servers. */
export const describeWithSentinelClock = withCompiler(describeWithSentinel);

function withCompiler(describeWithServers: typeof describeWithRedis): typeof describeWithRedis {
  return (name, define) => {
    if (isInstalled('cc')) describeWithServers(name, define);
    else describeWithProgram('cc', name, define);
  };
}

export interface RedisServerOptions {
  /** `redis-server` when left out. */
  program?: RedisProgram;
  /** Whether its clock can be set: {@link RedisServer.setClock}. */
  hasOwnClock?: boolean;
  /** More arguments, such as `['--maxmemory', '8mb']`. */
  args?: readonly string[];
  /** Lines of a configuration file, which Sentinel needs; the file is made in the server's own directory. */
  config?: readonly string[];
  /** Serves TLS only. Clients need a certificate of this authority when `clients` is set. */
  tls?: { ca: string; own: Issued; clients?: boolean };
  /** With which {@link RedisServer.command} logs in. */
  password?: string;
}

/** A `redis-server` process of the test's own, on a free port and in a temporary directory. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly options: RedisServerOptions,
  ) {}

  /** Resolves when the server answers. The test has to `stop()` it. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    for (let attempt = 1; ; attempt++) {
      const directory = mkdtempSync(join(tmpdir(), 'ws-redis-'));
      const server = new RedisServer(await freePort(), directory, options);
      try {
        await server.launch();
        return server;
      } catch (error) {
        await server.stop();
        // Another process may have taken the port in between.
        if (attempt === 3) throw error;
      }
    }
  }

  get url(): string {
    return `${this.options.tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process?.pid as number;
  }

  /** Stops all work of the process; connections stay open. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  /** Ends the process at once. */
  async kill(): Promise<void> {
    const { process: child } = this;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Sets the clock of the server alone; its monotonic clock goes on. @param aheadMs of the right time */
  setClock(aheadMs: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(aheadMs));
    // The server has the file in its memory.
    writeFileSync(join(this.directory, 'clock'), bytes, { flag: 'r+' });
  }

  /** Keeps its memory as it is now, for {@link restart}. */
  async snapshot(): Promise<void> {
    await this.command('SAVE');
  }

  /** Starts it again on the same port, with empty memory or that of the last snapshot; kills it first if it runs. */
  async restart({ fromSnapshot = false } = {}): Promise<void> {
    await this.kill();
    if (!fromSnapshot) rmSync(join(this.directory, 'dump.rdb'), { force: true });
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs one command on a connection of its own. */
  command(...command: [name: string, ...args: CommandArgument[]]): Promise<unknown> {
    const { tls, password } = this.options;
    const address = { host: '127.0.0.1', port: this.port };
    const socket = tls ? connectTls({ ...address, ...this.clientTls }) : connect(address);
    return runCommands(socket, password === undefined ? [command] : [['AUTH', password], command]);
  }

  private get clientTls(): object {
    const { ca, own } = this.options.tls as NonNullable<RedisServerOptions['tls']>;
    return { ca, cert: own.cert, key: own.key, checkServerIdentity: () => undefined };
  }

  private get environment(): NodeJS.ProcessEnv {
    if (!this.options.hasOwnClock) return process.env;
    writeFileSync(join(this.directory, 'clock'), Buffer.alloc(8));
    return { ...process.env, LD_PRELOAD: clockLibrary(), CLOCK_FILE: join(this.directory, 'clock') };
  }

  private get arguments(): string[] {
    const { args = [], config, tls } = this.options;
    const list = ['--dir', this.directory, '--bind', '127.0.0.1', ...(tls ? this.tlsArguments(tls) : [])];
    if (!tls) list.push('--port', String(this.port));
    if (!config) return [...list, '--save', '', '--appendonly', 'no', ...args];
    writeFileSync(join(this.directory, 'redis.conf'), `${config.join('\n')}\n`);
    return [join(this.directory, 'redis.conf'), ...list, ...args];
  }

  private tlsArguments({ ca, own, clients = false }: NonNullable<RedisServerOptions['tls']>): string[] {
    const files = { ca, cert: own.cert, key: own.key };
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(this.directory, `${name}.pem`), text);
    const path = (name: keyof typeof files): string => join(this.directory, `${name}.pem`);
    const list = [
      '--port',
      '0',
      '--tls-port',
      String(this.port),
      '--tls-auth-clients',
      clients ? 'yes' : 'no',
    ];
    return [
      ...list,
      '--tls-ca-cert-file',
      path('ca'),
      '--tls-cert-file',
      path('cert'),
      '--tls-key-file',
      path('key'),
    ];
  }

  private async launch(): Promise<void> {
    const { program = 'redis-server' } = this.options;
    const child = spawn(BINARIES[program], this.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.environment,
    });
    this.process = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    await isReady(child, program);
  }
}

/** @throws what the program wrote, when it ends before it is ready, or is not ready in time */
function isReady(child: ChildProcess, program: RedisProgram): Promise<void> {
  return new Promise((ready, reject) => {
    let output = '';
    const streams = [child.stdout, child.stderr];
    const onText = (text: Buffer): void => {
      output += String(text);
      if (!READY.test(output)) return;
      stopWaiting();
      ready();
    };
    const fail = (): void => {
      stopWaiting();
      reject(new Error(`${program} did not start:\n${output}`));
    };
    const deadline = setTimeout(fail, START_MS);
    const stopWaiting = (): void => {
      clearTimeout(deadline);
      child.off('close', fail);
      // What it writes later nobody needs, but a full pipe would stop it.
      for (const stream of streams) stream?.off('data', onText).resume();
    };
    child.once('close', fail);
    for (const stream of streams) stream?.on('data', onText);
  });
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** What sets the clock of a server; compiled once for all runs. */
function clockLibrary(): string {
  const library = join(CLOCKS, `${stateOfFiles([CLOCK_SOURCE])}.so`);
  if (existsSync(library)) return library;
  mkdirSync(CLOCKS, { recursive: true });
  const making = `${library}.${process.pid}`;
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', making, CLOCK_SOURCE]);
  if (status !== 0) throw new Error(`the clock cannot be compiled: ${String(stderr)}`);
  // Another worker may have made it meanwhile.
  renameSync(making, library);
  return library;
}

/** A TCP port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
