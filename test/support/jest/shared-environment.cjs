/*
 * The specs that a worker runs one after the other share one global scope, so that they can share the modules loaded
 * in it (see shared-runtime.cjs). What a spec may leave behind is put back: variables, timers, the state of the runner.
 */
const { TestEnvironment } = require('jest-environment-node');

const RUNNER_STATE = [Symbol.for('EVENT_HANDLERS'), Symbol.for('TEST_TIMEOUT_SYMBOL')];

/** For all projects of a folder, which differ in nothing but their specs. */
const shared = new Map();

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
    this.fakeTimers.useRealTimers();
    this.fakeTimersModern.useRealTimers();
    for (const symbol of RUNNER_STATE) delete this.global[symbol];
    const { env } = this.global.process;
    for (const name of Object.keys(env)) if (!(name in this.#variables)) delete env[name];
    Object.assign(env, this.#variables);
  }
}

module.exports = SharedEnvironment;
