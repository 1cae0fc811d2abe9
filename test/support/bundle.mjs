// Bundles for tests: a script with all the modules that it loads in one file, because most of its start is the search for
// some 2,000 files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** What Nest looks for, and what is bundled does not have. */
const absent = {
  name: 'absent',
  setup({ onResolve }) {
    onResolve({ filter: /^@nestjs\/(microservices|platform-socket\.io)/ }, () => ({
      path: 'not-installed',
      external: true,
    }));
  },
};

/** @param entryPoints the scripts, by the names that their bundles get in the folder */
export async function bundle(folder, entryPoints, plugins = []) {
  await build({
    entryPoints,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Nest tells classes by their names.
    keepNames: true,
    logLevel: 'error',
    plugins: [...plugins, absent],
    banner: {
      js: "import * as nodeModule from 'node:module';const require = nodeModule.createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
}
