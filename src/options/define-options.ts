import { z } from 'zod';
import { WsConfigurationError, type ConfigurationProblem } from '../errors/configuration.error.js';
import { readEnvironment, type Environment } from './environment.js';
import { misplacedOptions, type Misplaced } from './misplaced-options.js';
import { type GivenOptions, type OptionsInForce, type OptionsTable, variablesOf } from './options-table.js';
import { declareVariables, unknownVariables } from './unknown-variables.js';

/** What a table says beside the rule of each option. */
export interface TableRules<T extends OptionsTable> extends Misplaced {
  /** Settings that are each valid and make no sense together. */
  readonly contradictions?: (options: OptionsInForce<T>) => readonly ConfigurationProblem[];
  /** Settings that development tolerates and production does not. */
  readonly weaknesses?: (options: OptionsInForce<T>) => readonly ConfigurationProblem[];
  /** Options that rules compare with others: wrong ones count as not set there. */
  readonly compared?: readonly (keyof T)[];
}

/** Options as far as they can be read, and everything that is wrong with them. */
export interface TableReading<T extends OptionsTable> {
  /** Only to look for further problems when there are some: wrong ones have stand-ins here. */
  readonly options: OptionsInForce<T>;
  /** Whether `NODE_ENV` says so. */
  readonly production: boolean;
  readonly problems: readonly ConfigurationProblem[];
}

/** Reads the options of one table: what is given, else the environment, else the default. */
export interface OptionsReader<T extends OptionsTable> {
  readonly table: T;
  /** For callers that decide themselves what to do about problems. */
  read(given?: GivenOptions<T>, environment?: Environment): TableReading<T>;
  /** @throws WsConfigurationError with every problem at once */
  resolve(given?: GivenOptions<T>, environment?: Environment): Readonly<OptionsInForce<T>>;
}

/**
 * A table of options. Its variables are known from now on, so that one that is misspelled is told with the nearest name.
 */
export function defineOptions<const T extends OptionsTable>(
  table: T,
  rules: TableRules<T>,
): OptionsReader<T> {
  declareVariables(...variablesOf(table));
  const shape: Record<string, z.ZodType> = Object.fromEntries(
    Object.entries(table).map(([name, { schema }]) => [name, schema]),
  );
  const schema = z.object(shape);

  function read(given: GivenOptions<T> = {}, environment: Environment = process.env): TableReading<T> {
    const { values, problems } = readEnvironment(table, environment);
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
    // What is wrong by itself has its line already.
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

  /** So that options can be looked at together although some are wrong: those have their default, or count as set. */
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

/** As long as the longest secret that a rule asks for, so that it is no problem by itself. */
const STAND_IN = '-'.repeat(64);

/** Of most options without a default, rules ask only whether they were given. */
function presenceOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : STAND_IN;
}

function definedOf(given: unknown): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** A list with three bad entries is one thing to mend. */
export function withoutRepetition(problems: readonly ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.name}: ${problem.message}`, problem]));
  return [...seen.values()];
}
