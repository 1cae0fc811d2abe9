/*
 * The specs that a worker runs one after the other share one global scope, so that they can share the modules loaded
 * in it (see shared-runtime.cjs). What a spec may leave behind is put back: variables, timers, the state of the runner.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');
const withKnownFrames = require('./known-frames.cjs');

const RUNNER_STATE = [Symbol.for('EVENT_HANDLERS'), Symbol.for('TEST_TIMEOUT_SYMBOL')];

/** For all projects of a folder, which differ in nothing but their specs. */
const shared = new Map();

/** Frames of a stack. Jest's hundred are written for each expectation and each error of the module. */
const FRAMES = 20;

/** What writes stacks. */
let formatStack;

/**
 * Contexts of specs. One that is in use is told of each promise; in a worker that goes on, of those of all later specs.
 */
const storages = new Set();
for (const use of ['run', 'enterWith']) {
  const { [use]: original } = AsyncLocalStorage.prototype;
  AsyncLocalStorage.prototype[use] = function (...args) {
    storages.add(this);
    return original.apply(this, args);
  };
}

class SharedEnvironment extends TestEnvironment {
  #variables;

  constructor(config, context) {
    const { rootDir } = config.projectConfig;
    const existing = shared.get(rootDir);
    if (existing) return existing;
    super(config, context);
    this.#variables = { ...this.global.process.env };
    shared.set(rootDir, this);
    return this;
  }

  async setup() {
    await super.setup();
    // That of the specs, and that of Node's own modules.
    for (const { Error: Own } of [this.global, globalThis]) Own.stackTraceLimit = FRAMES;
    // Jest has just set its own, which is the same for all specs.
    // oxlint-disable-next-line typescript/unbound-method -- Jest has bound it
    formatStack ??= withKnownFrames(Error.prepareStackTrace);
    Error.prepareStackTrace = formatStack;
  }

  async teardown() {
    for (const storage of storages) storage.disable();
    storages.clear();
    this.fakeTimers.useRealTimers();
    this.fakeTimersModern.useRealTimers();
    for (const symbol of RUNNER_STATE) delete this.global[symbol];
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in this.#variables)) delete env[name];
    Object.assign(env, this.#variables);
  }
}

module.exports = SharedEnvironment;
