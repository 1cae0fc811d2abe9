/*
 * What the runner of Jest gets instead of an AsyncLocalStorage: the context of the test that runs. Node tells a real one
 * of each promise, which comes to a twentieth of a run. Tests run one after the other (there is no `test.concurrent`),
 * so an error that nobody handles belongs to the one that runs.
 */
class CurrentContext {
  #store;

  getStore() {
    return this.#store;
  }

  run(store, callback) {
    const outer = this.#store;
    const leave = () => {
      this.#store = outer;
    };
    this.#store = store;
    const outcome = callback();
    return outcome.finally(leave);
  }
}

module.exports = CurrentContext;
