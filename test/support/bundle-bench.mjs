// Copies the built benchmark, with a bundle of the servers that it measures, as `node bundle-bench.mjs <folder>`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { bundle } from './bundle.mjs';

const SERVERS = ['node', 'secured', 'watched'];

const [, , folder] = process.argv;

/** Files of the module that are not public: in the bundle, as everywhere, they are those that the module itself uses. */
const internals = {
  name: 'internals',
  setup({ onLoad }) {
    onLoad({ filter: /bench.dist.servers.count-nothing\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /internal\('\.\/(.*)'\)/g,
        (_, file) => `import(${JSON.stringify(resolve('dist', file))})`,
      ),
    }));
  },
};

/** Runs one of the copied scripts in the bundle. */
function launcherOf(server) {
  return `import { createRequire } from 'node:module';
process.env.BENCH_SERVERS ??= '${server}';
createRequire(import.meta.url)('../servers.cjs');
`;
}

cpSync('bench/dist', folder, { recursive: true });
await bundle(folder, { 'servers.bundle': 'test/support/bench-servers.mjs' }, 'cjs', [internals]);
cpSync('test/support/run-bundle.cjs', join(folder, 'servers.cjs'));
for (const server of SERVERS) writeFileSync(join(folder, `servers/${server}.js`), launcherOf(server));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
// The benchmark itself finds the module by its name.
mkdirSync(join(folder, 'node_modules'));
symlinkSync(resolve('.'), join(folder, 'node_modules/nestjs-ws-security'), 'junction');

// One start of all, after which each has the compiled code that later starts need.
const env = {
  PATH: process.env.PATH,
  BENCH_SERVERS: SERVERS.join(','),
  BENCH_WATCHED: 'true',
  WS_JWT_SECRET: 'a secret of servers that nobody connects to',
  KEEP_CODE: '1',
};
const servers = fork(join(folder, 'servers.cjs'), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
const ended = once(servers, 'exit');
let started = 0;
servers.on('message', () => {
  started++;
  if (started === SERVERS.length) servers.disconnect();
});
const [code] = await ended;
if (code !== 0) throw new Error(`the bundle of the servers ended with ${code}`);
