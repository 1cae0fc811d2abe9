import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { OptionsReader } from './define-options.js';
import type { Environment } from './environment.js';
import type { GivenOptions, OptionsInForce, OptionsTable } from './options-table.js';

/**
 * The options of another entry point, with the values given in code. As a value among the `providers` of the module,
 * their problems are reported together with those of the module.
 */
export class FurtherOptions<T extends OptionsTable = OptionsTable> {
  constructor(
    private readonly reader: OptionsReader<T>,
    private readonly given: GivenOptions<T> = {},
  ) {}

  problems(environment: Environment = process.env): readonly ConfigurationProblem[] {
    return this.reader.read(this.given, environment).problems;
  }

  /** @throws WsConfigurationError with every problem at once */
  resolve(environment: Environment = process.env): Readonly<OptionsInForce<T>> {
    return this.reader.resolve(this.given, environment);
  }
}
