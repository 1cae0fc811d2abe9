import { z } from 'zod';
import { WsConfigurationError, type ConfigurationProblem } from '../errors/configuration.error.js';
import { readEnvironment, type Environment } from './environment.js';
import { misplacedOptions } from './misplaced-options.js';
import { OPTIONS, type OptionName, type ResolvedOptions, type WsSecurityOptions } from './options.schema.js';
import type { StartProblems } from './start-problems.js';
import { unknownVariables } from './unknown-variables.js';
import { verifierContradictions, verifierWeaknesses } from './verifier-rules.js';

const shape = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, definition]) => [name, definition.schema]),
) as { [K in OptionName]: (typeof OPTIONS)[K]['schema'] };

const schema = z.object(shape);

type Parsed = z.output<typeof schema>;

/** Options as far as they can be read, and everything that is wrong with them. */
export interface OptionsReading {
  /** Only to look for further problems when there are some: wrong ones have stand-ins here. */
  readonly options: ResolvedOptions;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Options in force: what is given, else the environment, else the default.
 *
 * @param further knows what would stop the start beside the options
 * @throws WsConfigurationError with every problem at once
 */
export function resolveOptions(
  given: WsSecurityOptions = {},
  environment: Environment = process.env,
  further?: StartProblems,
): ResolvedOptions {
  const { options, problems } = readOptions(given, environment);
  const wrong = [...problems, ...(further?.ofSettings() ?? [])];
  if (wrong.length === 0) return options;
  const beside = [...(further?.beside(options) ?? []), ...unknownVariables(environment)];
  throw new WsConfigurationError(withoutRepetition([...wrong, ...beside]));
}

/** As {@link resolveOptions}, for callers that decide themselves what to do about problems. */
export function readOptions(given: WsSecurityOptions, environment: Environment): OptionsReading {
  const { values, problems } = readEnvironment(environment);
  const production = environment['NODE_ENV'] === 'production';
  const merged = { ...values, ...definedOf(given) };
  problems.push(...misplacedOptions(given));

  const parsed = schema.safeParse(merged);
  for (const { path, message } of parsed.error?.issues ?? [])
    problems.push({ name: variableOf(String(path[0])), message });
  const options = parsed.data ?? withStandIns(merged);
  const together = [...contradictions(options), ...(production ? weaknesses(options) : [])];
  // What is wrong by itself has its line already.
  const wrong = new Set(problems.map(({ name }) => name));
  problems.push(...together.filter(({ name }) => !wrong.has(name)));
  return {
    options: Object.freeze({
      ...(options as Omit<ResolvedOptions, 'requireTls' | 'production'>),
      requireTls: options.requireTls ?? production,
      production,
    }),
    problems: withoutRepetition(problems),
  };
}

/** So that options can be looked at together although some are wrong: those have their default, or count as set. */
function withStandIns(given: Record<string, unknown>): Parsed {
  const entries = Object.entries(shape).map(([name, rule]: [string, z.ZodType]) => {
    const { success, data } = rule.safeParse(given[name]);
    return [name, success ? data : (rule.parse(undefined) ?? presenceOf(name, given[name]))];
  });
  return Object.fromEntries(entries) as Parsed;
}

/** As long as the longest secret that an algorithm asks for, so that it is no problem by itself. */
const STAND_IN = '-'.repeat(64);

/** Rules ask which algorithms there are, and of other options without a default only whether they were given. */
function presenceOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || name === 'jwtAlgorithms') return undefined;
  return typeof value === 'string' ? value : STAND_IN;
}

/** Settings that are each valid and make no sense together. */
function contradictions(options: Parsed): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const require = (isThere: unknown, option: OptionName, because: OptionName): void => {
    const message = `is required beside ${OPTIONS[because].variable}`;
    if (isThere === undefined) problems.push({ name: OPTIONS[option].variable, message });
  };
  if (options.tlsCertFile !== undefined) require(options.tlsKeyFile, 'tlsKeyFile', 'tlsCertFile');
  if (options.tlsKeyFile !== undefined) require(options.tlsCertFile, 'tlsCertFile', 'tlsKeyFile');
  if (options.tlsCaFile !== undefined) require(options.tlsCertFile, 'tlsCertFile', 'tlsCaFile');
  if (options.authSources.includes('cookie')) require(options.authCookie, 'authCookie', 'authSources');
  return [...problems, ...verifierContradictions(options)];
}

/** What development tolerates and production does not. */
function weaknesses(options: Parsed): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const refuse = (isWeak: boolean, option: OptionName, message: string): void => {
    if (isWeak) problems.push({ name: OPTIONS[option].variable, message });
  };
  refuse(
    options.allowedOrigins.includes('*'),
    'allowedOrigins',
    'must name origins in production, * lets every site in',
  );
  refuse(options.allowedHosts.includes('*'), 'allowedHosts', 'must name hosts in production');
  refuse(
    options.requireTls === false,
    'requireTls',
    'must be true in production, tokens travel in the clear otherwise',
  );
  refuse(
    options.trustedProxies.some((range) => range.endsWith('/0')),
    'trustedProxies',
    'must not trust every address in production',
  );
  return [...problems, ...verifierWeaknesses(options)];
}

function definedOf(given: unknown): WsSecurityOptions {
  if (!isRecord(given)) return {};
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function isRecord(given: unknown): given is object {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}

function variableOf(name: string): string {
  return OPTIONS[name as OptionName]?.variable ?? name;
}

/** A list with three bad entries is one thing to mend. */
function withoutRepetition(problems: ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.name}: ${problem.message}`, problem]));
  return [...seen.values()];
}
