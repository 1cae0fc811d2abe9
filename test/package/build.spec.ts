import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { describeWithProgram } from '../support/installed.js';

const SCRIPT = resolve('scripts/build.mjs');
const BUILT = ['dist/index.js', 'dist-client/index.js', 'example/dist/main.js', 'bench/dist/main.js'];

/** Instead of npm: builds, and says so. */
const NPM = `#!/bin/sh
mkdir -p ${BUILT.map((file) => dirname(file)).join(' ')}
tee ${BUILT.join(' ')} < src/index.ts > /dev/null
echo built
exit "\${FAILS:-0}"
`;

let folder: string;

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

const builds = (env: NodeJS.ProcessEnv = {}): boolean => {
  const PATH = `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`;
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env, PATH } } as const;
  return execFileSync(process.execPath, [SCRIPT], options) === 'built\n';
};

describeWithProgram('git', 'a build of a clone', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ws-build-'));
    execFileSync('git', ['init', '--quiet', '--template='], { cwd: folder });
    write('.gitignore', `node_modules/\n${BUILT.map(dirname).join('\n')}\n`);
    write('src/index.ts', 'export {}');
    write('test/index.spec.ts', '');
    write('node_modules/.package-lock.json', '{}');
    write('node_modules/.bin/npm', NPM);
    chmodSync(join(folder, 'node_modules/.bin/npm'), 0o755);
    builds();
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('a build is made again when a file, a package or what was built has changed, not for a test', () => {
    write('test/index.spec.ts', '// other');
    write('src/index.spec.ts', '// other');
    expect(builds()).toBe(false);
    const changes: (() => void)[] = [
      () => write('src/index.ts', 'export { };'),
      () => write('src/new.ts', ''),
      () => rmSync(join(folder, 'src/new.ts')),
      () => write('node_modules/.package-lock.json', '{ }'),
      () => rmSync(join(folder, 'dist/index.js')),
      () => appendFileSync(join(folder, 'example/dist/main.js'), ' '),
      () => utimesSync(join(folder, 'bench/dist/main.js'), 1, 1),
      () => write('dist/stray.js', ''),
      () => rmSync(join(folder, 'dist-client'), { recursive: true }),
    ];
    for (const change of changes) {
      change();
      expect([String(change), builds()]).toEqual([String(change), true]);
      expect([String(change), builds()]).toEqual([String(change), false]);
    }
  });

  it('a build that failed is made again', () => {
    write('src/index.ts', 'wrong');
    expect(() => builds({ FAILS: '1' })).toThrow('Command failed');
    expect(readFileSync(join(folder, 'dist/index.js'), 'utf8')).toBe('wrong');
    expect([builds(), builds()]).toEqual([true, false]);
  });

  it('without git every build is made', () => {
    rmSync(join(folder, '.git'), { recursive: true });
    expect([builds(), builds()]).toEqual([true, true]);
  });
});
