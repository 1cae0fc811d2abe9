import { z } from 'zod';
import { WsConfigurationError, type ConfigurationProblem } from '../errors/configuration.error.js';
import { readEnvironment, type Environment } from './environment.js';
import { OPTIONS, type OptionName, type ResolvedOptions, type WsSecurityOptions } from './options.schema.js';

const shape = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, definition]) => [name, definition.schema]),
) as { [K in OptionName]: (typeof OPTIONS)[K]['schema'] };

const schema = z.object(shape);

/**
 * Options in force: what is given, else the environment, else the default.
 *
 * @throws WsConfigurationError with every problem at once
 */
export function resolveOptions(
  given: WsSecurityOptions = {},
  environment: Environment = process.env,
): ResolvedOptions {
  const { values, problems } = readEnvironment(environment);
  const production = environment['NODE_ENV'] === 'production';
  const merged = { ...values, ...definedOf(given) };
  problems.push(...unknownOptions(given));

  const parsed = schema.safeParse(merged);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push({ name: variableOf(String(issue.path[0])), message: issue.message });
    }
  } else if (production) {
    problems.push(...weaknesses(parsed.data));
  }
  if (!parsed.success || problems.length > 0) throw new WsConfigurationError(withoutRepetition(problems));
  return Object.freeze({ ...(parsed.data as Omit<ResolvedOptions, 'production'>), production });
}

/** What development tolerates and production does not. */
function weaknesses(options: z.output<typeof schema>): ConfigurationProblem[] {
  if (!options.allowedOrigins.includes('*')) return [];
  return [
    {
      name: OPTIONS.allowedOrigins.variable,
      message: 'must name origins in production, * lets every site in',
    },
  ];
}

function definedOf(given: WsSecurityOptions): WsSecurityOptions {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function unknownOptions(given: WsSecurityOptions): ConfigurationProblem[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(OPTIONS, name))
    .map((name) => ({ name, message: `is no option; there are ${Object.keys(OPTIONS).join(', ')}` }));
}

function variableOf(name: string): string {
  return OPTIONS[name as OptionName]?.variable ?? name;
}

/** A list with three bad entries is one thing to mend. */
function withoutRepetition(problems: ConfigurationProblem[]): ConfigurationProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.name}: ${problem.message}`, problem]));
  return [...seen.values()];
}
