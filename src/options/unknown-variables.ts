import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { Environment } from './environment.js';
import { suggestion } from './nearest-name.js';

const PREFIX = 'WS_';

/** The variables of all tables of options that are defined. */
const known = new Set<string>();

/** Variables that are read, and so are known. */
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
