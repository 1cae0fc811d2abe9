import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationName } from './application-name.js';

let root: string;

const write = (content: string, ...folders: string[]): void => {
  mkdirSync(join(root, ...folders), { recursive: true });
  writeFileSync(join(root, ...folders, 'package.json'), content);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'name-'));
});

afterEach(() => rmSync(root, { recursive: true }));

it('is the name in the package.json nearest to the started file', () => {
  write('{"name":"@acme/chat"}');
  write('{"type":"commonjs"}', 'dist');
  write('broken', 'dist', 'server');
  expect(applicationName(join(root, 'dist', 'server', 'main.js'), '/')).toBe('@acme/chat');
});

it('is that of the working directory if a package was started, or nothing', () => {
  write('{"name":"chat"}');
  write('{"name":"jest"}', 'node_modules', 'jest');
  for (const started of [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), undefined])
    expect(applicationName(started, root)).toBe('chat');
});

it.each(['{"name":"a\\nb"}', '{"name":7}', 'null', '[]'])('is never %s', (content) => {
  write(content);
  expect(applicationName(join(root, 'main.js'), root)).toBe('unknown_service');
});
