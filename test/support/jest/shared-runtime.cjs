/*
 * A Jest runtime for all specs of a worker. Jest's own loads every module anew for each spec: some 1,500 of the
 * module's, of Nest's and of other packages, which took longer than the tests. Here they are loaded once, as with
 * Vitest's `isolate: false`. A spec itself is always loaded, and so is what of Jest's own code keeps state of a spec.
 */
const { default: Runtime } = require('jest-runtime');
const CurrentContext = require('./current-context.cjs');

/** By folder, as environments are: all projects of it load their modules in the same way. */
const shared = new Map();

/** What of Jest's own code keeps state of a spec. */
const STATEFUL = /[\\/]node_modules[\\/](?:jest-circus|source-map-support)[\\/]/;

const DECLARED = /Identifier '(\w+)' has already been declared/;

/** What compiles CommonJS: a module that declares a name itself is given none of that name. */
function compilerOf(executor) {
  const compile = executor.compile.bind(executor);
  const given = executor.injectedModuleParameters;
  const compiled = new Map();
  const compileNew = (code, file) => {
    executor.injectedModuleParameters = given;
    for (;;) {
      try {
        return compile(code, file);
      } catch (error) {
        const [, declared] = DECLARED.exec(error.message) ?? [];
        const names = executor.injectedModuleParameters;
        if (!names.includes(declared)) throw error;
        executor.injectedModuleParameters = names.map((name) => (name === declared ? `_${name}` : name));
      }
    }
  };
  return (code, file) => {
    const known = compiled.get(file) ?? compileNew(code, file);
    if (STATEFUL.test(file)) compiled.set(file, known);
    return known;
  };
}

class SharedRuntime extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig) {
    if (shared.has(config.rootDir)) return shared.get(config.rootDir);
    super(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig);
    shared.set(config.rootDir, this);
    this.executor.compile = compilerOf(this.executor);
    return this;
  }

  /** What Jest's own code requires. */
  requireInternalModule(from, name) {
    if (name === 'node:async_hooks') return { AsyncLocalStorage: CurrentContext };
    return super.requireInternalModule(from, name);
  }

  teardown() {
    this.restoreAllMocks();
    const own = this.registries.getInternalCjsRegistry();
    for (const file of own.keys()) if (STATEFUL.test(file)) own.delete(file);
    this.testMainModule.reset();
    this.mockState.clear();
    this.jestGlobals.clearJestObjectCache();
    // As a new one: not between two tests, where nothing may be imported.
    this.testState.state = 'loading';
  }
}

module.exports = SharedRuntime;
