import { type ConfigurationProblem, WsConfigurationError } from 'nestjs-ws-security';

/** Collects problems of the configuration from several steps, so that one start reports all of them. */
export class ProblemList {
  private readonly problems = new Map<string, ConfigurationProblem>();

  /** @returns undefined if the step failed because of the configuration; other errors are thrown */
  async attempt<T>(step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof WsConfigurationError)) throw error;
      for (const problem of error.problems) this.problems.set(`${problem.name}: ${problem.message}`, problem);
      return undefined;
    }
  }

  /** @throws WsConfigurationError with all problems */
  throwIfAny(): void {
    if (this.problems.size > 0) throw new WsConfigurationError([...this.problems.values()]);
  }
}
