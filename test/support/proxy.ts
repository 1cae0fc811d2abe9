import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './certificate.js';
import { ownPort } from './own-port.js';

const ADDRESS = '127.0.0.1';
const START_MS = 40_000;

/** A reverse proxy with an example configuration in `docs/examples`. */
export interface ProxyKind {
  name: string;
  program: string;
  example: string;
  /** Changes the configuration so that the proxy appends to the client's X-Forwarded-For. */
  appending: (configuration: string) => string;
  /** Writes further files that the program needs. @returns its arguments */
  prepare: (folder: string, exampleFile: string) => Promise<string[]>;
}

export const NGINX: ProxyKind = {
  name: 'nginx',
  program: process.env['NGINX_PATH'] ?? '/usr/sbin/nginx',
  example: 'docs/examples/nginx.conf',
  appending: (text) =>
    replaceOnce(text, 'X-Forwarded-For   $remote_addr', 'X-Forwarded-For $proxy_add_x_forwarded_for'),
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
  appending: (text) =>
    replaceOnce(text, 'http-request set-header X-Forwarded-For %[src]', 'option forwardfor'),
  prepare: (_folder, exampleFile) => Promise.resolve(['-db', '-f', exampleFile]),
};

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

  /** Resolves when it accepts connections. `edit` may change the example first. */
  static async start(kind: ProxyKind, upstream: string, edit = (text: string) => text): Promise<Proxy> {
    const folder = await mkdtemp(join(tmpdir(), `${kind.name}-`));
    const port = await ownPort();
    const { cert, key } = await certificate();
    const files = { CERT_FILE: cert, KEY_FILE: key, PEM_FILE: `${cert}\n${key}` };
    for (const [name, text] of Object.entries(files))
      await writeFile(join(folder, name), text, { mode: 0o600 });
    const example = join(folder, 'example');
    await writeFile(
      example,
      fill(edit(await readFile(kind.example, 'utf8')), {
        LISTEN_ADDRESS: ADDRESS,
        LISTEN_PORT: String(port),
        UPSTREAM_HOST: ADDRESS,
        UPSTREAM_PORT: new URL(upstream).port,
        SERVER_NAME: 'localhost',
        MAX_CONNECTIONS: '100',
        ACCESS_LOG: join(folder, 'access.log'),
        ...Object.fromEntries(Object.keys(files).map((name) => [name, join(folder, name)])),
      }),
    );

    const child = spawn(kind.program, await kind.prepare(folder, example));
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

function replaceOnce(text: string, from: string, to: string): string {
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
