/*
 * The specs that a worker runs one after the other share one global scope, so that they can share the modules loaded
 * in it (see shared-runtime.cjs). What a spec may leave behind is put back: variables, timers, the state of the runner.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

const RUNNER_STATE = [Symbol.for('EVENT_HANDLERS'), Symbol.for('TEST_TIMEOUT_SYMBOL')];

/** For all projects of a folder, which differ in nothing but their specs. */
const shared = new Map();

/**
 * Jest's runner makes an AsyncLocalStorage for each spec and never disables it. In a worker that goes on, each promise
 * of later specs is told of all of them, which came to a third of a run.
 */
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function (...args) {
  storages.add(this);
  return run.apply(this, args);
};

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
