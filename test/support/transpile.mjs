// Compiles each file of a folder without checking it, as `node transpile.mjs <folder> <target>`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import ts from 'typescript';

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
