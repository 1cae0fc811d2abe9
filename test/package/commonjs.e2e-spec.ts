import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compile } from '../support/compile.js';

const ENTRIES = ['', '/client', '/metrics', '/redis', '/testing'].map(
  (entry) => `nestjs-ws-security${entry}`,
);

/** Requires and imports each entry point, and compares what both give. */
const SAME = `
require('reflect-metadata');
(async () => {
  for (const entry of ${JSON.stringify(ENTRIES)}) {
    const required = require(entry);
    const imported = await import(entry);
    const names = Object.keys(imported);
    const isSame = names.length > 0 && names.every((name) => required[name] === imported[name]);
    console.log(entry, isSame);
  }
})();
`;

const TSCONFIG = {
  compilerOptions: { target: 'ES2023', strict: true, skipLibCheck: false, noEmit: true, types: ['node'] },
  files: ['client.ts'],
};

const CLIENT = `
import { WsClient, type ClientStatus } from 'nestjs-ws-security/client';
export const statusOf = (client: WsClient): ClientStatus => client.status;
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commonjs-'));
  for (const [name, target] of [
    ['nestjs-ws-security', '.'],
    ['reflect-metadata', 'node_modules/reflect-metadata'],
    ['@types/node', 'node_modules/@types/node'],
  ] as const) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(target), link, 'junction');
  }
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  writeFileSync(join(folder, 'same.js'), SAME);
  writeFileSync(join(folder, 'client.ts'), CLIENT);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('K1 require() and import give the same classes, so that a process has each of them once', () => {
  const env = { PATH: process.env['PATH'] };
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'same.js'],
    {
      cwd: folder,
      env,
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(ENTRIES.map((entry) => `${entry} true`));
});

it('K1 no file that applications load uses import.meta, which a transform to CommonJS cannot keep', () => {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  const users = files.filter((file) => readFileSync(join('dist', file), 'utf8').includes('import.meta.'));
  // Only Jest loads it, for tests in ES modules.
  expect(users).toEqual([join('testing', 'jest', 'throttler.js')]);
});

describe('types', () => {
  const MODES = [
    ['commonjs', 'bundler'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ] as const;
  let said: string[];

  beforeAll(() => {
    const configFiles = MODES.map(([module, moduleResolution]) => {
      const file = join(folder, `tsconfig.${module}.json`);
      const compilerOptions = { ...TSCONFIG.compilerOptions, module, moduleResolution };
      writeFileSync(file, JSON.stringify({ ...TSCONFIG, compilerOptions }));
      return file;
    });
    said = compile(...configFiles);
  }, 120_000);

  it.each(MODES.map((mode, index) => [...mode, index] as const))(
    'K2 resolve in CommonJS with module %s and moduleResolution %s',
    (_module, _moduleResolution, index) => {
      expect(said[index]).toBe('');
    },
  );
});
