// Bundles for tests: a script with all the modules that it loads in one file, because most of its start is the search for
// some 2,000 files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** What a file of the other kind of module has. */
const FORMATS = {
  esm: {
    banner:
      "import * as nodeModule from 'node:module';const require = nodeModule.createRequire(import.meta.url);",
  },
  cjs: {
    banner: "const fileUrl = require('node:url').pathToFileURL(__filename).href;",
    define: { 'import.meta.url': 'fileUrl' },
  },
};

/** With one byte for each character, so that it is read without decoding. esbuild itself escapes all but regular expressions. */
const ascii = (code) =>
  code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** @param entryPoints the scripts, by the names that their bundles get in the folder */
export async function bundle(folder, entryPoints, format, plugins = []) {
  const { banner, define } = FORMATS[format];
  const { outputFiles } = await build({
    write: false,
    entryPoints,
    outdir: folder,
    bundle: true,
    platform: 'node',
    format,
    target: 'node20',
    // Nest tells classes by their names.
    keepNames: true,
    // A start reads all of it.
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    logLevel: 'error',
    plugins: [...plugins, absent],
    banner: { js: banner },
    define,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ascii(text));
  }
}
