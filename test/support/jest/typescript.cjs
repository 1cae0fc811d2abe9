/*
 * Compiles TypeScript as @swc/jest does, and imports the globals that a module uses (see with-globals.cjs).
 */
const { createHash } = require('node:crypto');
const { createTransformer } = require('@swc/jest');
const { STATE, withGlobals } = require('./with-globals.cjs');

module.exports = {
  createTransformer(options) {
    const swc = createTransformer(options);
    return {
      ...swc,
      process(source, file, more) {
        const result = swc.process(source, file, more);
        return more.supportsStaticESM ? { ...result, code: withGlobals(result.code) } : result;
      },
      async processAsync(source, file, more) {
        const result = await swc.processAsync(source, file, more);
        return { ...result, code: withGlobals(result.code) };
      },
      getCacheKey: (...args) =>
        createHash('sha1')
          .update(swc.getCacheKey(...args))
          .update(STATE)
          .digest('hex'),
    };
  },
};
