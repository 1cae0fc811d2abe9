/* ES modules of packages as they are, with the globals that they use (see with-globals.cjs). */
const { createHash } = require('node:crypto');
const { STATE, withGlobals } = require('./with-globals.cjs');

module.exports = {
  process: (source, _file, { supportsStaticESM }) => ({
    code: supportsStaticESM ? withGlobals(source) : source,
  }),
  getCacheKey: (source, file, { supportsStaticESM }) =>
    createHash('sha1').update(`${STATE} ${supportsStaticESM} ${file}\n`).update(source).digest('hex'),
};
