import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkPackage } from '../support/linked-package.js';

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

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'commonjs-'));
  linkPackage(folder, 'nestjs-ws-security', '.');
  linkPackage(folder, 'reflect-metadata');
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  writeFileSync(join(folder, 'same.js'), SAME);
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
