import { readFileSync } from 'node:fs';
import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { OptionsTable } from './options-table.js';

/** Environment variables, such as `process.env`. @publicApi */
export type Environment = Readonly<Record<string, string | undefined>>;

interface EnvironmentReading {
  values: Record<string, string>;
  /** Options that are set, with a value that cannot be told. */
  unreadable: string[];
  problems: ConfigurationProblem[];
}

/** Reads the variables of a table. An empty variable counts as not set. */
export function readEnvironment(table: OptionsTable, environment: Environment): EnvironmentReading {
  const reading: EnvironmentReading = { values: {}, unreadable: [], problems: [] };
  for (const [name, { variable, file }] of Object.entries(table)) {
    const before = reading.problems.length;
    const value = readVariable(environment, variable, file, reading.problems);
    if (value !== undefined) reading.values[name] = value;
    else if (reading.problems.length > before) reading.unreadable.push(name);
  }
  return reading;
}

function readVariable(
  environment: Environment,
  variable: string,
  fileVariable: string | undefined,
  problems: ConfigurationProblem[],
): string | undefined {
  const value = environment[variable] || undefined;
  const path = (fileVariable && environment[fileVariable]) || undefined;
  if (!fileVariable || path === undefined) return value;
  if (value !== undefined) {
    problems.push({ name: fileVariable, message: `must not be set together with ${variable}` });
    return undefined;
  }
  try {
    // Editors and `echo` end a file with a newline that is not part of the secret.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    problems.push({ name: fileVariable, message: `names a file that cannot be read (${reason})` });
    return undefined;
  }
}
