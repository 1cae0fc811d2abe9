// Copied beside a bundle: runs it with the code that an earlier run has compiled, if there is one.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { Script } = require('node:vm');

const file = __filename.replace(/\.c?js$/, '.bundle.js');
const compiled = `${file}.compiled`;
const script = new Script(Module.wrap(readFileSync(file, 'latin1')), {
  filename: file,
  ...(existsSync(compiled) && { cachedData: readFileSync(compiled) }),
});
if (process.env.KEEP_CODE) process.once('exit', () => writeFileSync(compiled, script.createCachedData()));
script.runInThisContext()(exports, require, module, file, path.dirname(file));
