/*
 * Imports the globals that an ES module uses (see plain-globals.mjs): a look at one in a context of node:vm takes half a
 * microsecond, of which all tests together made hundreds of millions.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const GLOBALS = path.join(__dirname, 'plain-globals.mjs');
const NAMES = /\{([^}]*)\}/.exec(readFileSync(GLOBALS, 'utf8'))[1].match(/\w+/g);

/** Changes when code is changed in another way. */
const STATE = createHash('sha1').update(readFileSync(__filename)).update(readFileSync(GLOBALS)).digest('hex');

/** What finds a name, and what declares another thing under it. */
const PATTERNS = NAMES.map((name) => ({
  name,
  said: new RegExp(`\\b${name}\\b`),
  declared: new RegExp(`\\b(?:import|const|let|var|class|function)\\s[^=;(]*\\b${name}\\b`),
}));

function withGlobals(code) {
  const names = PATTERNS.filter(({ said, declared }) => said.test(code) && !declared.test(code));
  // On the first line, so that all others stay where they are.
  return names.length === 0
    ? code
    : `import { ${names.map(({ name }) => name).join(', ')} } from ${JSON.stringify(GLOBALS)}; ${code}`;
}

module.exports = { withGlobals, STATE };
