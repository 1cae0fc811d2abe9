import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMAND = 'dist/contract/cli/main.js';
const APP = 'example/dist/server/app.module.js';
const COMMITTED = 'docs/asyncapi.json';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the command without variables of the environment, which are part of the contract. */
function run(...args: string[]): Promise<Outcome> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH, HOME } });
  const texts = { out: '', error: '' };
  child.stdout.on('data', (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (texts.error += data.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('nestjs-ws-security contract', () => {
  it('docs/asyncapi.json is the contract of the reference service (else: npm run contract)', async () => {
    const { code, error } = await run('contract', '--app', APP, '--out', COMMITTED, '--check');
    expect({ code, error }).toEqual({ code: 0, error: '' });
  });

  it('fails with a summary if a committed document differs', async () => {
    const document = JSON.parse(await readFile(COMMITTED, 'utf8')) as Record<string, Record<string, unknown>>;
    delete document['operations']?.['ws.echo'];
    (document['info'] as Record<string, unknown>)['version'] = '0.9.0';
    const file = join(folder, 'old.json');
    await writeFile(file, JSON.stringify(document));
    const { code, error } = await run('contract', '--app', APP, '--out', file, '--check');
    expect(code).toBe(1);
    expect(error).toContain(`${file} is not the contract of the application.`);
    expect(error).toContain('  ~ info › version: "0.9.0" → "1.0.0"\n  + operations › ws.echo\n');
  });

  it('fails if there is no committed document', async () => {
    const { code, error } = await run(
      'contract',
      '--app',
      APP,
      '--out',
      join(folder, 'none.json'),
      '--check',
    );
    expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining('does not exist') as string });
  });

  it('writes what it would compare, and the same each time', async () => {
    const file = join(folder, 'new.json');
    expect((await run('contract', '--app', APP, '--out', file)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(await readFile(COMMITTED, 'utf8'));
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
    const file = join(folder, 'variables');
    await writeFile(file, 'WS_MAX_ARRAY_LENGTH=7\nPATH=none\n');
    const { code, out } = await run('contract', '--app', APP, '--env', file);
    expect(code).toBe(0);
    expect(out).toContain('"arrayLength": 7');
    const missing = await run('contract', '--app', APP, '--env', join(folder, 'none'));
    expect(missing.code).toBe(2);
    expect(missing.error).toContain(join(folder, 'none'));
  });

  it('names what is wrong with the arguments, the file or the application', async () => {
    const wrong = await run('contract');
    expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining('--app is missing') as string });
    const missing = await run('contract', '--app', APP, '--module', 'OtherModule');
    expect(missing).toMatchObject({
      code: 2,
      error: expect.stringContaining(
        'does not export the module OtherModule; it exports: AppModule',
      ) as string,
    });
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
