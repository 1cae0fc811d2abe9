import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { Environment } from './environment.js';
import { suggestion } from './nearest-name.js';
import { OPTIONS } from './options.schema.js';

const PREFIX = 'WS_';

/** The variables of the module's options. */
const known = new Set(
  Object.values(OPTIONS).flatMap((option) =>
    'file' in option && option.file !== undefined ? [option.variable, option.file] : [option.variable],
  ),
);

/** Variables that are read elsewhere than in the table of options, and so are known too. */
export function declareVariables(...names: readonly string[]): void {
  for (const name of names) known.add(name);
}

/** Variables that look like ours and that nothing reads, each with the one that was probably meant. Never a value. */
export function unknownVariables(environment: Environment): ConfigurationProblem[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && environment[name] !== '')
    .toSorted()
    .map((name) => ({
      name: printable(name),
      message: `is no variable of this module, and nothing reads it; ${suggestion(name, known)}`,
    }));
}

/** The name of a variable may hold anything but `=`; one problem stays one line. */
function printable(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 100);
}
