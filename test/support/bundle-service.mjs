// Writes the built scripts of the reference service to a folder, each with all the modules that it loads in one file:
// most of a start is the search for some 2,000 files. Started as `node bundle-service.mjs <folder>`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [, , folder] = process.argv;

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

/** What Nest looks for, and the service does not have. */
const absent = {
  name: 'absent',
  setup({ onResolve }) {
    onResolve({ filter: /^@nestjs\/(microservices|platform-socket\.io)/ }, () => ({
      path: 'not-installed',
      external: true,
    }));
  },
};

await build({
  entryPoints: {
    main: 'example/dist/server/main.js',
    'nodes/main': 'example/dist/server/nodes/main.js',
    'short-deadlines': 'test/support/short-deadlines-service.mjs',
  },
  outdir: folder,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Nest tells classes by their names.
  keepNames: true,
  logLevel: 'error',
  plugins: [place, absent],
  banner: {
    js: "import * as nodeModule from 'node:module';const require = nodeModule.createRequire(import.meta.url);",
  },
});
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
