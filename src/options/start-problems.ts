import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { ResolvedOptions } from './options.schema.js';

/**
 * What would stop the start beside the options. Wrong options stop it before anything is made of them; so that all is
 * told at once, the rest is looked for then, as far as it can be seen without a single instance.
 */
export abstract class StartProblems {
  /** What is wrong with what the module was given beside the options; asked for at every start. */
  abstract ofSettings(): readonly ConfigurationProblem[];

  /** @param options with stand-ins for those that are wrong */
  abstract beside(options: ResolvedOptions): readonly ConfigurationProblem[];
}
