import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually.js';
import { unpackedModule } from '../support/packed-module.js';

/** The blocks of code of the README's quick start, in their order. */
const readme = readFileSync('README.md', 'utf8');
const quickStart = readme.slice(readme.indexOf('## Quick start'), readme.indexOf('## Try it'));
const blocks = [...quickStart.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, kind, code]) => ({
  kind: kind as string,
  code: code as string,
}));
const commands = blocks.filter(({ kind }) => kind === 'sh').map(({ code }) => code);
const files = blocks.flatMap(({ code }) => {
  const [, name] = /^\/\/ (\S+)\n/.exec(code) ?? [];
  return name === undefined ? [] : [{ name, code }];
});

let root: string;
let port: number;
let server: ChildProcess | undefined;
let printed = '';

const environment = (): NodeJS.ProcessEnv => ({
  HOME: root,
  PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
  UNPACKED: unpackedModule(),
  NEST_CLI_TELEMETRY_DISABLED: '1',
  PORT: String(port),
});

/** The port of the README may be in use on this machine. */
const atFreePort = (text: string): string => text.replaceAll('localhost:3000', `127.0.0.1:${port}`);

const shell = (text: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync('sh', ['-ec', text], {
    cwd: join(root, 'hello'),
    env: { ...environment(), ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });

/** Runs the README's command that starts the application, and resolves when it listens. */
async function start(command: string): Promise<void> {
  printed = '';
  server = spawn('sh', ['-ec', command], { cwd: join(root, 'hello'), env: environment(), detached: true });
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await eventually(async () => expect(printed).toContain('successfully started'));
}

/** `nest start` has a child, which ends with it only if the whole group ends. */
async function stop(): Promise<void> {
  const child = server;
  server = undefined;
  if (child?.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((done) => child.once('close', done));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

/** Runs the client with a wrong token until it has said what the README says, and ends it. */
async function outputOf(command: string, expected: string): Promise<string> {
  const client = spawn('sh', ['-c', `exec ${command}`], { cwd: join(root, 'hello'), env: environment() });
  let output = '';
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((done) => client.once('close', done));
  try {
    await eventually(async () => expect(output).toContain(expected));
  } finally {
    client.kill('SIGKILL');
    await ended;
  }
  return output;
}

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => found(free));
    });
  });

/** A fresh folder, the packed module, and nothing but what the README says. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'newcomer-'));
  port = await freePort();
  mkdirSync(join(root, 'bin'));
  for (const program of ['npm', 'npx']) {
    const own = join(root, 'bin', program);
    const script = `exec "${process.execPath}" "${resolve('test/support/offline-npm.mjs')}" ${program} "${resolve('.')}" "$@"`;
    writeFileSync(own, `#!/bin/sh\n${script}\n`);
    chmodSync(own, 0o755);
  }
}, 120_000);

afterAll(async () => {
  await stop();
  rmSync(root, { recursive: true, force: true });
});

const [install, run, connect] = commands as [string, string, string];

it('K1 the README leads from an empty folder to an answer, with its own commands and files', async () => {
  expect(files.map(({ name }) => name)).toEqual(['src/app.module.ts', 'client.mjs']);
  execFileSync('sh', ['-ec', install], { cwd: root, env: environment(), stdio: 'pipe', timeout: 120_000 });
  for (const { name, code } of files) writeFileSync(join(root, 'hello', name), atFreePort(code));

  await start(run);
  const output = shell(connect);

  expect(output.split('\n').slice(-4)).toEqual(['open ', "{ text: 'hello' }", 'closed 1000', '']);
  expect(quickStart).toContain("It prints `{ text: 'hello' }`");
}, 300_000);

it('K1 a refused newcomer sees in the log, or with WS_REJECT_WITH=close in the client, what the README says', async () => {
  const refused = 'node client.mjs wrong';
  expect(quickStart).toContain(`\`${refused}\``);
  expect(await outputOf(refused, 'waiting 1006')).not.toContain('open');
  const [, line] = /```\n(\{.*?), …\n```/s.exec(quickStart) as unknown as [string, string];
  const { time, ...shown } = JSON.parse(`${line}}`) as Record<string, unknown>;
  expect(time).toEqual(expect.any(String));
  const logged = printed.split('\n').filter((text) => text.includes('handshake.refused'));
  expect(JSON.parse(logged[0] as string)).toMatchObject(shown);

  await stop();
  writeFileSync(
    join(root, 'hello', '.env'),
    `${readFileSync(join(root, 'hello', '.env'), 'utf8')}WS_REJECT_WITH=close\n`,
  );
  // What `nest start` runs once it has compiled the code, which is the same as before.
  await start('exec node --env-file .env dist/main');
  expect(await outputOf(refused, 'closed 4401')).not.toContain('waiting');
}, 300_000);
