// Bundles the built scripts of the reference service, as `node bundle-service.mjs <folder>`.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

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

const scripts = {
  main: 'example/dist/server/main.js',
  'nodes/main': 'example/dist/server/nodes/main.js',
  'short-deadlines': 'test/support/short-deadlines-service.mjs',
};
await bundle(process.argv[2], scripts, [place]);
