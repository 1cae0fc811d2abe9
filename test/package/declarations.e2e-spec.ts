import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { compile } from '../support/compile.js';
import { linkPackage } from '../support/linked-package.js';
import { makeConsumer } from '../support/packed-consumer.js';
import { describeTypedEvents, makeTypedApplication } from '../support/typed-events/describe-typed-events.js';

const CLIENT = `
import { WsClient, type ClientStatus } from 'nestjs-ws-security/client';
export const statusOf = (client: WsClient): ClientStatus => client.status;
`;

const CHECKING = { target: 'ES2023', strict: true, skipLibCheck: false, noEmit: true, types: ['node'] };

const MODES = [
  ['commonjs', 'bundler'],
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['preserve', 'bundler'],
] as const;

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
let said: string[];

/** Writes a configuration of the compiler. @returns its file */
function project(of: string, name: string, compilerOptions: object, input: object): string {
  const file = join(folder, of, name);
  writeFileSync(file, JSON.stringify({ compilerOptions: { ...CHECKING, ...compilerOptions }, ...input }));
  return file;
}

/** An application with the built package. @param code of its only file */
function application(name: string, type: object, code: string): void {
  const own = join(folder, name);
  mkdirSync(own);
  linkPackage(own, 'nestjs-ws-security', '.');
  linkPackage(own, '@types/node');
  writeFileSync(join(own, 'package.json'), JSON.stringify({ private: true, ...type }));
  writeFileSync(join(own, 'index.ts'), code);
}

/** One process for all, and one application for the names and the README: the declarations are read and checked once. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'declarations-'));
  application('commonjs', {}, CLIENT);
  mkdirSync(join(folder, 'consumer'));
  makeConsumer(join(folder, 'consumer'));
  writeFileSync(join(folder, 'consumer', 'src', 'names.ts'), listedNames().map(useOf).join(''));
  const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true };
  const only = { files: ['index.ts'] };
  said = compile(
    project('consumer', 'tsconfig.json', { module: 'NodeNext', ...decorators }, { include: ['src'] }),
    ...MODES.map(([module, moduleResolution]) =>
      project('commonjs', `tsconfig.${module}.json`, { module, moduleResolution }, only),
    ),
    makeTypedApplication(join(folder, 'typed'), 'nodenext'),
  );
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  expect(said[0]).toBe('');
});

it('an application with the README’s code, and tests of its own, compiles with the packed module', () => {
  expect(said[0]).toBe('');
});

it.each(MODES.map((mode, index) => [...mode, index] as const))(
  'K2 types resolve in CommonJS with module %s and moduleResolution %s',
  (_module, _moduleResolution, index) => {
    expect(said[index + 1]).toBe('');
  },
);

it('the compiler is TypeScript 6.0', () => {
  const manifest = readFileSync('node_modules/typescript/package.json', 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toMatch('6.0.');
});

describeTypedEvents('events with TypeScript 6.0', () => {
  const typed = join(relative('.', folder), 'typed', '/');
  return (said.at(-1) as string).replaceAll(typed, '');
});
