import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { Environment } from './environment.js';
import { suggestion } from './nearest-name.js';

const PREFIX = 'WS_';

/** The variables of all defined tables. */
const known = new Set<string>();

/** Adds known variables. */
export function declareVariables(...names: readonly string[]): void {
  for (const name of names) known.add(name);
}

/** Finds unknown variables with the module's prefix, and the probably intended names. Never contains a value. */
export function unknownVariables(environment: Environment): ConfigurationProblem[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && environment[name] !== '')
    .toSorted()
    .map((name) => ({
      name: printable(name),
      message: `is not a variable of this module and has no effect; ${suggestion(name, known)}`,
    }));
}

/** A variable name may contain anything but `=`. A problem has to stay on one line. */
function printable(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 100);
}
