import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { kindOf } from './kind-of.js';
import { isLikely, nearestName } from './nearest-name.js';
import type { OptionsTable } from './options-table.js';

/** The place where options are given, and the other names that are allowed there. */
export interface Misplaced {
  /** The receiver of the options, for example `WsSecurityModule`. */
  readonly owner: string;
  /** Names that belong beside the options, with the message if they are among them. */
  readonly beside?: Readonly<Record<string, string>>;
}

/** Finds names that are not options of the table. */
export function misplacedOptions(
  given: unknown,
  table: OptionsTable,
  { owner, beside = {} }: Misplaced,
): ConfigurationProblem[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const message = `must be given an object of options, not ${kindOf(given)}`;
    return [{ name: owner, message }];
  }
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => ({ name, message: messageOf(name, table, beside) }));
}

function messageOf(name: string, table: OptionsTable, beside: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(beside, name)) return beside[name] as string;
  const option = optionOf(name, table);
  if (option !== undefined) return `is an environment variable; the option is ${option}`;
  const nearest = nearestName(name, [...Object.keys(table), ...Object.keys(beside)]);
  if (nearest !== undefined && isLikely(name, nearest)) return `is not an option; did you mean ${nearest}?`;
  return `is not an option; the options are ${Object.keys(table).join(', ')}`;
}

function optionOf(variable: string, table: OptionsTable): string | undefined {
  return Object.entries(table).find(([, option]) => option.variable === variable)?.[0];
}
