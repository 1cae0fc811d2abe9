import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compile } from '../support/compile.js';

const TSCONFIG = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  },
  files: ['index.ts'],
};

/** The public names of each entry point, as docs/public-names.md lists them. */
function listedNames(): [entry: string, names: string[]][] {
  const [, ...sections] = readFileSync('docs/public-names.md', 'utf8').split(/^## /m);
  return sections.map((section) => [
    (/^`([^`]+)`/.exec(section) as RegExpExecArray)[1] as string,
    [...section.matchAll(/^- `(\w+)`/gm)].map(([, name]) => name as string),
  ]);
}

/** Uses each name of an entry point, under a name of its own. */
function useOf([entry, names]: [string, string[]], index: number): string {
  const uses = names.map((name) => `${name} as ${name}${index}`);
  return `export type { ${uses.join(', ')} } from '${entry}';\n`;
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'names-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function link(name: string, target: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(resolve(target), path, 'junction');
}

it('the list of public names is up to date, says what each is, and none of them needs a hidden one', () => {
  const check = spawnSync(process.execPath, ['scripts/public-names.mjs', '--check'], { encoding: 'utf8' });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

it('each public name compiles in an application that checks the declarations of its libraries', () => {
  const entries = listedNames();
  expect(entries.map(([entry]) => entry)).toEqual([
    'nestjs-ws-security',
    'nestjs-ws-security/admin',
    'nestjs-ws-security/client',
    'nestjs-ws-security/metrics',
    'nestjs-ws-security/redis',
    'nestjs-ws-security/testing',
  ]);
  link('nestjs-ws-security', '.');
  link('@types/node', 'node_modules/@types/node');
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'index.ts'), entries.map(useOf).join(''));
  expect(compile(join(folder, 'tsconfig.json'))).toEqual(['']);
});
