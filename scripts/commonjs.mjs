// Writes dist/commonjs: what `require()` and TypeScript see of this package in a CommonJS application.
// The code is the same one copy of the ES modules, so that every process has each class once.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const OUT = 'dist/commonjs';

/** Packages without declarations for CommonJS. Only their types are imported. */
const ES_MODULES = ['jose'];

const { exports: entries } = JSON.parse(readFileSync('package.json', 'utf8'));
const declarations = readdirSync('dist', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.d.ts') && !file.startsWith('commonjs'))
  .map((file) => [file, readFileSync(join('dist', file), 'utf8')]);

rmSync(OUT, { recursive: true, force: true });

function write(file, text) {
  mkdirSync(dirname(join(OUT, file)), { recursive: true });
  writeFileSync(join(OUT, file), text);
}

write('package.json', '{ "type": "commonjs" }\n');

for (const { require: facade } of Object.values(entries).filter((target) => target.require)) {
  const file = relative(OUT, facade.default);
  const code = relative(dirname(facade.default), join('dist', file));
  write(file, `'use strict';\nmodule.exports = require('${code}');\n`);
}

const imports = new RegExp(`^import (?:type )?\\{(.*)\\} from '(${ES_MODULES.join('|')})';`, 'gm');
for (const [file, text] of declarations)
  write(
    file,
    text.replaceAll(
      imports,
      (_, names, name) =>
        `import type {${names.replaceAll(' type ', ' ')}} from '${name}' with { 'resolution-mode': 'import' };`,
    ),
  );
