// Compiles each file of a folder without checking it, as `node transpile.mjs <folder> <target>`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

/** An `import` would first search all of the compiler for its exports. */
const ts = createRequire(import.meta.url)('typescript');

const [, , folder, target] = process.argv;
const compilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};
mkdirSync(target);
for (const name of readdirSync(folder)) {
  const { outputText } = ts.transpileModule(readFileSync(join(folder, name), 'utf8'), { compilerOptions });
  writeFileSync(join(target, name.replace(/\.ts$/, '.js')), outputText);
}
