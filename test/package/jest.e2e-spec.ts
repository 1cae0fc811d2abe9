import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FOR_SHORT_RUNS } from '../support/compile.js';
import { forgetCopies, linkCopies } from '../support/kept-copies.js';
import { linkPackage } from '../support/linked-package.js';

/** Decorates without a decorator, so that nothing needs a compiler. */
const BODY = `
test('the gateway is protected, and its throttler extends the one of Nest', async () => {
  class Gateway {}
  SecureGateway({ path: '/ws' })(Gateway);
  const app = await startTestApp({ gateways: [Gateway] });
  try {
    const { status, code } = await TestClient.refused(app.url + '/ws');
    expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(app.app.get(Reflector)).toBeInstanceOf(Reflector);
    expect(WsThrottlerGuard.prototype).toBeInstanceOf(ThrottlerGuard);
    expect(place).toMatch(/^file:.*node_modules.installed.index\\.js$/);
  } finally {
    await app.close();
  }
});
`;

const NAMES = [
  ['{ startTestApp, TestClient }', 'nestjs-ws-security/testing'],
  ['{ SecureGateway, WsThrottlerGuard }', 'nestjs-ws-security'],
  ['{ Reflector }', '@nestjs/core'],
  ['{ ThrottlerGuard }', '@nestjs/throttler'],
  ['{ place }', 'installed'],
] as const;

const SPECS = {
  commonjs: NAMES.map(([names, from]) => `const ${names} = require('${from}');\n`).join('') + BODY,
  module: NAMES.map(([names, from]) => `import ${names} from '${from}';\n`).join('') + BODY,
};

const CONFIG = {
  testEnvironment: 'node',
  transform: {},
  testTimeout: 60_000,
  resolver: 'nestjs-ws-security/testing/jest',
};

let folder: string;

/** A package that no earlier run has seen, so that a copy of it must be made. */
function installEsModule(): void {
  const own = join(folder, 'node_modules', 'installed');
  mkdirSync(own);
  writeFileSync(join(own, 'package.json'), '{"name":"installed","type":"module","exports":"./index.js"}');
  writeFileSync(join(own, 'index.js'), 'export const place = import.meta.url;\n');
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'jest-')));
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
  const needed = Object.keys({ ...manifest['dependencies'], ...manifest['peerDependencies'] });
  linkPackage(folder, 'nestjs-ws-security', '.');
  for (const name of ['@nestjs/platform-express', ...needed]) linkPackage(folder, name);
  installEsModule();
  linkCopies(folder);
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(CONFIG));
});

afterEach(() => {
  forgetCopies(folder);
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['CommonJS', 'commonjs', {}],
  ['ES modules', 'module', { NODE_OPTIONS: '--experimental-vm-modules' }],
] as const)(
  'K1 an application tests itself with Jest in %s, with nothing but the resolver',
  (_, type, env) => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
    writeFileSync(join(folder, 'app.test.js'), SPECS[type]);
    const { status, stderr } = spawnSync(
      process.execPath,
      [...FOR_SHORT_RUNS, resolve('node_modules/jest/bin/jest.js')],
      {
        cwd: folder,
        encoding: 'utf8',
        timeout: 200_000,
        env: { PATH: process.env['PATH'], ...env },
      },
    );
    expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
    expect(status).toBe(0);
  },
  240_000,
);
