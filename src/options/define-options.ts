import { z } from 'zod';
import { WsConfigurationError, type ConfigurationProblem } from '../errors/configuration.error.js';
import { readEnvironment, type Environment } from './environment.js';
import { misplacedOptions, type Misplaced } from './misplaced-options.js';
import { type GivenOptions, type OptionsInForce, type OptionsTable, variablesOf } from './options-table.js';
import { declareVariables, unknownVariables } from './unknown-variables.js';

/** The rules of a table in addition to those of each option. */
export interface TableRules<T extends OptionsTable> extends Misplaced {
  /** Finds options that are valid on their own but contradict each other. */
  readonly contradictions?: (options: OptionsInForce<T>) => readonly ConfigurationProblem[];
  /** Finds options that are allowed in development but not in production. */
  readonly weaknesses?: (options: OptionsInForce<T>) => readonly ConfigurationProblem[];
  /** Options that are compared with others. If one of them is wrong, it counts as not set in the comparison. */
  readonly compared?: readonly (keyof T)[];
}

/** The options as far as they can be read, and all problems. */
export interface TableReading<T extends OptionsTable> {
  /** If there are problems, this is only for finding more of them: wrong options have stand-in values. */
  readonly options: OptionsInForce<T>;
  /** Whether `NODE_ENV` is `production`. */
  readonly production: boolean;
  readonly problems: readonly ConfigurationProblem[];
}

/** Reads the options of one table from code, the environment and the defaults, in this order. */
export interface OptionsReader<T extends OptionsTable> {
  readonly table: T;
  /** Reads the options without throwing. */
  read(given?: GivenOptions<T>, environment?: Environment): TableReading<T>;
  /** @throws WsConfigurationError with every problem at once */
  resolve(given?: GivenOptions<T>, environment?: Environment): Readonly<OptionsInForce<T>>;
}

/**
 * Creates a reader for a table of options. From now on its variables are known, so that a misspelled one is reported
 * with the nearest name.
 */
export function defineOptions<const T extends OptionsTable>(
  table: T,
  rules: TableRules<T>,
): OptionsReader<T> {
  declareVariables(...variablesOf(table));
  const shape: Record<string, z.ZodType> = Object.fromEntries(
    Object.entries(table).map(([name, { schema }]) => [name, schema as unknown as z.ZodType]),
  );
  const schema = z.object(shape);

  function read(given: GivenOptions<T> = {}, environment: Environment = process.env): TableReading<T> {
    const { values, unreadable, problems } = readEnvironment(table, environment);
    // They count as set, so that nobody is told to set them.
    for (const name of unreadable) if (shape[name]?.safeParse(STAND_IN).success) values[name] = STAND_IN;
    const production = environment['NODE_ENV'] === 'production';
    const merged = { ...values, ...definedOf(given) };
    problems.push(...misplacedOptions(given, table, rules));

    const parsed = schema.safeParse(merged);
    for (const { path, message } of parsed.error?.issues ?? [])
      problems.push({ name: table[String(path[0])]?.variable ?? String(path[0]), message });
    const options = (parsed.data ?? withStandIns(merged)) as OptionsInForce<T>;
    const together = [
      ...(rules.contradictions?.(options) ?? []),
      ...((production && rules.weaknesses?.(options)) || []),
    ];
    // An option that is wrong on its own has been reported already.
    const wrong = new Set(problems.map(({ name }) => name));
    problems.push(...together.filter(({ name }) => !wrong.has(name)));
    return { options, production, problems: withoutRepetition(problems) };
  }

  function resolve(
    given?: GivenOptions<T>,
    environment: Environment = process.env,
  ): Readonly<OptionsInForce<T>> {
    const { options, problems } = read(given, environment);
    if (problems.length > 0) throw new WsConfigurationError([...problems, ...unknownVariables(environment)]);
    return Object.freeze(options);
  }

  /** Replaces wrong options, so that options can be checked together: they get their default, or count as set. */
  function withStandIns(given: Record<string, unknown>): Record<string, unknown> {
    const entries = Object.entries(shape).map(([name, rule]) => {
      const { success, data } = rule.safeParse(given[name]);
      if (success) return [name, data];
      const byDefault = rule.safeParse(undefined).data;
      return [name, byDefault ?? (rules.compared?.includes(name) ? undefined : presenceOf(given[name]))];
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  return { table, read, resolve };
}

/** As long as the longest secret that a rule requires, so that the stand-in violates no rule. */
const STAND_IN = '-'.repeat(64);

/** For most options without a default, rules check only whether they are set. */
function presenceOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : STAND_IN;
}

function definedOf(given: unknown): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A list with several bad entries is reported once. */
export function withoutRepetition(problems: readonly ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.name}: ${problem.message}`, problem]));
  return [...seen.values()];
}
