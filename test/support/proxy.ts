import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './certificate.js';
import { ownPort } from './own-port.js';
import { socketPathOf } from './proxied-handshake.js';

const ADDRESS = '127.0.0.1';
const START_MS = 40_000;
const LOG_MS = 30_000;

/** A reverse proxy with an example configuration in `docs/examples`. */
export interface ProxyKind {
  name: string;
  program: string;
  example: string;
  /** How its configuration names a service on a Unix socket. */
  unixUpstream: (path: string) => string;
  /** Changes the configuration so that the proxy appends to the client's X-Forwarded-For. */
  appending: (configuration: string) => string;
  /** Matches the line of the access log about a handshake. */
  logged: (address: string, path: string, status: number) => RegExp;
  /** Writes further files that the program needs. @returns its arguments */
  prepare: (folder: string, exampleFile: string) => Promise<string[]>;
}

export const NGINX: ProxyKind = {
  name: 'nginx',
  program: process.env['NGINX_PATH'] ?? '/usr/sbin/nginx',
  example: 'docs/examples/nginx.conf',
  unixUpstream: (path) => `unix:${path}`,
  appending: (text) =>
    replaceOnce(text, 'X-Forwarded-For   $remote_addr', 'X-Forwarded-For $proxy_add_x_forwarded_for'),
  logged: plainLine,
  async prepare(folder, exampleFile) {
    // The example is the content of http { }. The other directives keep nginx out of system folders.
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (part) => `${part}_temp_path ${join(folder, part)};`,
    );
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const main = `${user} daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')};
      error_log stderr; events {} http { ${temporary.join(' ')} include ${exampleFile}; }`;
    const file = join(folder, 'main.conf');
    await writeFile(file, main);
    return ['-p', folder, '-e', 'stderr', '-c', file];
  },
};

export const HAPROXY: ProxyKind = {
  name: 'haproxy',
  program: process.env['HAPROXY_PATH'] ?? '/usr/sbin/haproxy',
  example: 'docs/examples/haproxy.cfg',
  unixUpstream: (path) => `unix@${path}`,
  appending: (text) =>
    replaceOnce(text, 'http-request set-header X-Forwarded-For %[src]', 'option forwardfor'),
  logged: plainLine,
  prepare: (_folder, exampleFile) => Promise.resolve(['-db', '-f', exampleFile]),
};

export const CADDY: ProxyKind = {
  name: 'caddy',
  program: process.env['CADDY_PATH'] ?? '/usr/bin/caddy',
  example: 'docs/examples/Caddyfile',
  unixUpstream: (path) => `unix/${path}`,
  // To a proxy that it trusts, Caddy appends. Here every client is such a proxy.
  appending: (text) =>
    replaceOnce(text, 'header_up -X-Real-IP', 'header_up -X-Real-IP\n\t\ttrusted_proxies 127.0.0.0/8'),
  logged: (address, path, status) =>
    new RegExp(
      `"http.log.access".*"remote_ip":"${escape(address)}".*"uri":"${escape(path)}".*"status":${status}}`,
    ),
  prepare: (_folder, exampleFile) =>
    Promise.resolve(['run', '--config', exampleFile, '--adapter', 'caddyfile']),
};

function plainLine(address: string, path: string, status: number): RegExp {
  return new RegExp(`${escape(address)} .*GET ${escape(path)}".* ${status} `);
}

const escape = (text: string): string => text.replaceAll('.', String.raw`\.`);

/** `describe`, or `describe.skip` with a warning if the program is not installed. In CI it is required. */
export function describeWith({ name, program }: ProxyKind): jest.Describe {
  if (existsSync(program) || process.env['CI'] === 'true') return describe;
  console.warn(
    `SKIPPED: ${name} is not tested, because there is no ${program} (set ${name.toUpperCase()}_PATH).`,
  );
  return describe.skip;
}

const running = new Set<ChildProcess>();

// A failed test must not leave a proxy running. On SIGTERM nginx also stops its worker.
afterAll(() => {
  for (const child of running) child.kill('SIGTERM');
});

/** A proxy in its own process, with its example configuration. */
export class Proxy {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly exited: Promise<void>,
    private readonly folder: string,
    private readonly output: () => string,
  ) {}

  /**
   * Resolves when it accepts connections. `edit` may change the example first.
   *
   * @param upstream where the reference service says it listens
   */
  static async start(kind: ProxyKind, upstream: string, edit = (text: string) => text): Promise<Proxy> {
    const folder = await mkdtemp(join(tmpdir(), `${kind.name}-`));
    const port = await ownPort();
    const { cert, key } = await certificate();
    const files = { CERT_FILE: cert, KEY_FILE: key, PEM_FILE: `${cert}\n${key}` };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, name), text, { mode: 0o600 });
    const example = join(folder, 'example');
    const socketPath = socketPathOf(upstream);
    await writeFile(
      example,
      fill(edit(await readFile(kind.example, 'utf8')), {
        LISTEN_ADDRESS: ADDRESS,
        LISTEN_PORT: String(port),
        UPSTREAM:
          socketPath === undefined ? `${ADDRESS}:${new URL(upstream).port}` : kind.unixUpstream(socketPath),
        SERVER_NAME: 'localhost',
        MAX_CONNECTIONS: '100',
        ACCESS_LOG: join(folder, 'access.log'),
        ...Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)])),
      }),
    );

    // Caddy writes into the home of its user otherwise.
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const child = spawn(kind.program, await kind.prepare(folder, example), { env });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const exited = new Promise<void>((resolve) => {
      child.on('error', (error) => (output += error.message));
      child.on('close', () => {
        running.delete(child);
        resolve();
      });
    });
    const proxy = new Proxy(port, child, exited, folder, () => output);
    await proxy.untilReady();
    return proxy;
  }

  /** The log so far. */
  async log(): Promise<string> {
    const file = join(this.folder, 'access.log');
    return this.output() + (existsSync(file) ? await readFile(file, 'utf8') : '');
  }

  /** The log, as soon as a line of it matches. */
  async logWith(line: RegExp): Promise<string> {
    const deadline = Date.now() + LOG_MS;
    let log = await this.log();
    for (; !line.test(log) && Date.now() < deadline; log = await this.log())
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (!line.test(log)) throw new Error(`${line.source} is not in the log: ${log}`);
    return log;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.exited;
    await rm(this.folder, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!(await accepts(this.port))) {
      if (!running.has(this.child) || Date.now() > deadline) {
        await this.stop();
        throw new Error(`the proxy did not start: ${this.output()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Replaces @NAMES@ by values. @throws Error for a name without a value */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/@([A-Z_]+)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${placeholder}`);
    return value;
  });
}

export function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`the example does not contain "${from}" exactly once`);
  return text.replace(from, () => to);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, ADDRESS, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
