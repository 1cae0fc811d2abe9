import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMAND = 'dist/contract/cli/main.js';
const MANY = 'test/support/contract/run-commands.mjs';
const APP = 'example/dist/server/app.module.js';
const COMMITTED = 'docs/asyncapi.json';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Without an exit code if it threw. */
type InProcess = Partial<Outcome> & { readonly thrown?: string };

/** Runs a script without variables of the environment, which are part of the contract. */
function start(script: string, ...args: string[]): Promise<Outcome> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [script, ...args], { env: { PATH, HOME } });
  const texts = { out: '', error: '' };
  child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (texts.error += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
}

/** The command as it is installed. */
const run = (...args: string[]): Promise<Outcome> => start(COMMAND, ...args);

let folder: string;
const fileIn = (name: string): string => join(folder, name);

/** What the command does in one process, which starts the reference service for each. */
let done: Record<
  'unchanged' | 'absent' | 'unread' | 'written' | 'unwritten' | 'otherModule' | 'notCode' | 'withVariables',
  InProcess
>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-'));
  await writeFile(fileIn('variables'), 'WS_MAX_ARRAY_LENGTH=7\nPATH=none\n');
  const commands = {
    unchanged: ['--out', COMMITTED, '--check'],
    absent: ['--out', fileIn('none.json'), '--check'],
    unread: ['--out', folder, '--check'],
    written: ['--out', fileIn('new.json')],
    unwritten: ['--out', join(folder, 'none', 'new.json')],
    otherModule: ['--module', 'OtherModule'],
    notCode: ['--app', 'README.md'],
    // Last, because the variables stay.
    withVariables: ['--env', fileIn('variables')],
  };
  const all = Object.values(commands).map((args) => ['contract', '--app', APP, ...args]);
  const { out, error } = await start(MANY, JSON.stringify(all));
  if (error !== '') throw new Error(error);
  // The service has printed lines of its own.
  const outcomes = JSON.parse(out.split('\n').at(-1) as string) as InProcess[];
  done = Object.fromEntries(Object.keys(commands).map((name, i) => [name, outcomes[i]])) as typeof done;
});

afterAll(() => rm(folder, { recursive: true }));

describe('nestjs-ws-security contract', () => {
  it('docs/asyncapi.json is the contract of the reference service (else: npm run contract)', () => {
    const { code, error } = done.unchanged;
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  it('fails with a summary if a committed document differs', async () => {
    const document = JSON.parse(await readFile(COMMITTED, 'utf8')) as Record<string, Record<string, unknown>>;
    delete document['operations']?.['ws.echo'];
    (document['info'] as Record<string, unknown>)['version'] = '0.9.0';
    const file = fileIn('old.json');
    await writeFile(file, JSON.stringify(document));
    const { code, error } = await run('contract', '--app', APP, '--out', file, '--check');
    expect(code).toBe(1);
    expect(error).toContain(`${file} is not the contract of the application.`);
    expect(error).toContain('  ~ info › version: "0.9.0" → "1.0.0"\n  + operations › ws.echo\n');
  });

  it('fails if there is no committed document', () => {
    const { code, error } = done.absent;
    expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining('does not exist') as string });
  });

  it('writes what it would compare, and the same each time', async () => {
    expect(done.written.code).toBe(0);
    expect(await readFile(fileIn('new.json'), 'utf8')).toBe(await readFile(COMMITTED, 'utf8'));
  });

  it('takes a CommonJS application, prints its contract, and does not wait for what it left behind', async () => {
    const file = join(process.cwd(), 'test', 'contract', 'common.tmp.cjs');
    await writeFile(file, COMMONJS_APP);
    try {
      const { code, out } = await run('contract', '--app', file);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        asyncapi: '3.0.0',
        channels: { common: { address: '/common' } },
      });
    } finally {
      await rm(file);
    }
  });

  it('takes variables from a file, but not those that are set', async () => {
    const { code, out } = done.withVariables;
    expect(code).toBe(0);
    expect(out).toContain('"arrayLength": 7');
    const missing = await run('contract', '--app', APP, '--env', fileIn('none'));
    expect(missing).toMatchObject({ code: 2, error: `--env: ${fileIn('none')} cannot be read: ENOENT.\n` });
  });

  it('names what is wrong with the arguments, the file or the application', async () => {
    const wrong = await run('contract');
    expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('--app is missing') as string });
    const absent = await run('contract', '--app', fileIn('none.js'));
    const error = `--app: ${fileIn('none.js')} does not exist. The application must be built first.\n`;
    expect(absent).toMatchObject({ code: 2, error });
    expect(done.notCode.thrown).toMatch(/^--app: README\.md is not JavaScript\./);
    expect(done.unread.thrown).toBe(`--out: ${folder} cannot be read: EISDIR.`);
    expect(done.unwritten.thrown).toMatch(/^--out: .*new\.json cannot be written: ENOENT\.$/);
    expect(done.otherModule.thrown).toContain(
      'does not export the module OtherModule; it exports: AppModule',
    );
  });
});

const COMMONJS_APP = `
const { Module } = require('@nestjs/common');
const { SecureGateway, WsSecurityModule } = require('nestjs-ws-security');
setInterval(() => undefined, 1000);
class CommonGateway {}
SecureGateway({ path: '/common', public: true })(CommonGateway);
class CommonModule {}
Module({ imports: [WsSecurityModule.forRoot()], providers: [CommonGateway] })(CommonModule);
exports.CommonModule = CommonModule;
`;
