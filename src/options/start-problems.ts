import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { ResolvedOptions } from './options.schema.js';

/**
 * Finds problems outside the options that would stop the start. Wrong options stop the start before any instance
 * exists. So that all problems are reported at once, the others are then searched as far as possible without
 * instances.
 */
export abstract class StartProblems {
  /** Problems of the settings beside the options. Called at every start. */
  abstract ofSettings(): readonly ConfigurationProblem[];

  /** @param options with stand-in values for wrong ones */
  abstract beside(options: ResolvedOptions): readonly ConfigurationProblem[];
}
