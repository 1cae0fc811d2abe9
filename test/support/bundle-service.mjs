// Bundles the built scripts of the reference service, as `node bundle-service.mjs <folder>`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const [, , folder] = process.argv;

const SCRIPTS = {
  main: 'test/support/service-scripts.mjs',
  'nodes/main': 'example/dist/server/nodes/main.js',
};

/** Where a module of the service is, from which it finds its files. */
const place = {
  name: 'place',
  setup({ onLoad }) {
    onLoad({ filter: /example.dist.server.*\.js$/ }, ({ path }) => {
      const code = readFileSync(path, 'utf8');
      // What this one starts is in the same folder as here.
      if (path.endsWith('node-process.js')) return { contents: code };
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: code.replaceAll('import.meta.url', () => url) };
    });
  },
};

const entryPoints = Object.entries(SCRIPTS).map(([name, script]) => [`${name}.bundle`, script]);
await bundle(folder, Object.fromEntries(entryPoints), 'cjs', [place]);
for (const name of Object.keys(SCRIPTS)) cpSync('test/support/run-bundle.cjs', join(folder, `${name}.js`));
// In the same bundle, so that what is compiled is the same.
writeFileSync(
  join(folder, 'short-deadlines.js'),
  "process.env.SHORT_DEADLINES = '1';\nrequire('./main.js');\n",
);

// One start, after which the service has the compiled code that later starts need.
const env = { PATH: process.env.PATH, PORT: '0', PLAIN_HTTP: '1', KEEP_CODE: '1' };
const service = spawn(process.execPath, [join(folder, 'main.js')], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(service, 'close');
service.stdout.setEncoding('utf8').on('data', (text) => {
  if (text.includes('Listening on')) service.kill();
});
const [code] = await ended;
if (code !== 0) throw new Error(`the bundle of the service ended with ${code}`);
