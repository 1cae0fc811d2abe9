import { type ConfigurationProblem, WsConfigurationError } from 'nestjs-ws-security';

/** Collects what is wrong with the configuration in one place after the other, so that it is told in one start. */
export class ProblemList {
  private readonly problems = new Map<string, ConfigurationProblem>();

  /** @returns undefined when it failed because of the configuration; any other error is thrown at once */
  async attempt<T>(step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof WsConfigurationError)) throw error;
      for (const problem of error.problems) this.problems.set(`${problem.name}: ${problem.message}`, problem);
      return undefined;
    }
  }

  /** @throws WsConfigurationError with all of them */
  throwIfAny(): void {
    if (this.problems.size > 0) throw new WsConfigurationError([...this.problems.values()]);
  }
}
