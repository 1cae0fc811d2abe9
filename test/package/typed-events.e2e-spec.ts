import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { compileWith } from '../support/compile.js';
import { describeTypedEvents, makeTypedApplication } from '../support/typed-events/describe-typed-events.js';

/** The oldest supported compiler is the one that are-the-types-wrong brings. It cannot load Nest 12 as CommonJS. */
const require = createRequire(resolve('node_modules/@arethetypeswrong/core/package.json'));
const COMPILER = dirname(require.resolve('typescript/package.json'));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'typed-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is TypeScript 5.6', () => {
  const manifest = readFileSync(join(COMPILER, 'package.json'), 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toMatch('5.6.');
});

// The newest one compiles them with all other applications, in another spec.
describeTypedEvents('TypeScript 5.6', () => {
  const application = join(folder, 'application');
  const [output] = compileWith(COMPILER, makeTypedApplication(application, 'preserve'));
  return (output as string).replaceAll(`${relative('.', application)}/`, '');
});
