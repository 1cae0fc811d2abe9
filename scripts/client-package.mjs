/*
 * Makes the package nestjs-ws-security-client in dist-client/ from the built client, and packs it there.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const TARGET = 'dist-client';
const ENTRY = 'dist/client/index.js';
const TYPES = 'types/client/index.d.ts';

/** Fields that both packages have in common, if the main one has them. */
const SHARED = ['version', 'license', 'author', 'repository', 'homepage', 'bugs', 'engines'];

const main = JSON.parse(readFileSync('package.json', 'utf8'));

const manifest = {
  name: `${main.name}-client`,
  description: `The client of ${main.name}: a WebSocket that reconnects, renews its credential and resumes its session.`,
  keywords: ['websocket', 'client', 'reconnect', 'nestjs', 'react-native'],
  ...Object.fromEntries(SHARED.filter((name) => name in main).map((name) => [name, main[name]])),
  type: 'module',
  sideEffects: false,
  // For bundlers and compilers that do not read `exports`.
  main: './cjs/index.js',
  module: './esm/index.js',
  types: `./cjs/${TYPES}`,
  exports: {
    '.': {
      // `require()` in Node gets the same module as `import`, so that classes of errors exist once.
      'module-sync': { types: `./esm/${TYPES}`, default: './esm/index.js' },
      import: { types: `./esm/${TYPES}`, default: './esm/index.js' },
      require: { types: `./cjs/${TYPES}`, default: './cjs/index.js' },
    },
    './package.json': './package.json',
  },
  files: ['esm', 'cjs'],
};

/** The declarations that one declaration needs, and itself. */
function declarationsFrom(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.js'/g))
    declarationsFrom(join(dirname(file), `${path}.d.ts`), found);
  return found;
}

function write(path, text) {
  const target = join(TARGET, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

const toJson = (value) => `${JSON.stringify(value, null, 2)}\n`;

rmSync(TARGET, { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  await build({
    entryPoints: [ENTRY],
    outfile: join(TARGET, format, 'index.js'),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  });
  for (const file of declarationsFrom(ENTRY.replace('.js', '.d.ts')))
    write(join(format, 'types', relative('dist', file)), readFileSync(file));
}
write('cjs/package.json', toJson({ type: 'commonjs' }));
write('package.json', toJson(manifest));
copyFileSync('src/client/README.md', join(TARGET, 'README.md'));
copyFileSync('LICENSE', join(TARGET, 'LICENSE'));

// The npm that runs this script, on every system.
const { npm_execpath: npm } = process.env;
const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(TARGET)];
execFileSync(npm ? process.execPath : 'npm', npm ? [npm, ...pack] : pack, { cwd: TARGET });
