import { WsConfigurationError, type ConfigurationProblem } from '../errors/configuration.error.js';
import { defineOptions, withoutRepetition } from './define-options.js';
import type { Environment } from './environment.js';
import type { OptionsInForce } from './options-table.js';
import { OPTIONS, type OptionName, type ResolvedOptions, type WsSecurityOptions } from './options.schema.js';
import { redisContradictions, redisWeaknesses } from './redis-options.js';
import type { StartProblems } from './start-problems.js';
import { unknownVariables } from './unknown-variables.js';
import { verifierContradictions, verifierWeaknesses } from './verifier-rules.js';

type Parsed = OptionsInForce<typeof OPTIONS>;

/** Properties of `forRoot()` that belong to the module. A `useFactory` cannot return them. */
const OF_THE_MODULE = ['imports', 'providers', 'connectGuards', 'guards', 'throttlers', 'unsecured'];

const reader = defineOptions(OPTIONS, {
  owner: 'WsSecurityModule',
  beside: Object.fromEntries(
    OF_THE_MODULE.map((name) => [
      name,
      `is not an option that useFactory can return; write it beside useFactory: forRootAsync({ ${name}, useFactory, … })`,
    ]),
  ),
  contradictions,
  weaknesses,
  compared: ['jwtAlgorithms', 'redisUrl'],
});

/** The options as far as they can be read, and all problems. */
export interface OptionsReading {
  /** If there are problems, this is only for finding more of them: wrong options have stand-in values. */
  readonly options: ResolvedOptions;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Resolves the options from code, the environment and the defaults, in this order.
 *
 * @param further finds problems outside the options
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

/** Like {@link resolveOptions}, without throwing. */
export function readOptions(given: WsSecurityOptions, environment: Environment): OptionsReading {
  const { options, production, problems } = reader.read(given, environment);
  const requireTls = options.requireTls ?? production;
  return { options: Object.freeze({ ...options, requireTls, production }), problems };
}

/** Options that are valid on their own but contradict each other. */
function contradictions(options: Parsed): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const require = (isThere: unknown, option: OptionName, because: OptionName): void => {
    const message = `is required if ${OPTIONS[because].variable} is set`;
    if (isThere === undefined) problems.push({ name: OPTIONS[option].variable, message });
  };
  if (options.tlsCertFile !== undefined) require(options.tlsKeyFile, 'tlsKeyFile', 'tlsCertFile');
  if (options.tlsKeyFile !== undefined) require(options.tlsCertFile, 'tlsCertFile', 'tlsKeyFile');
  if (options.tlsCaFile !== undefined) require(options.tlsCertFile, 'tlsCertFile', 'tlsCaFile');
  if (options.authSources.includes('cookie') && options.authCookie === undefined)
    problems.push({
      name: OPTIONS.authCookie.variable,
      message: `is required if ${OPTIONS.authSources.variable} contains cookie`,
    });
  return [...problems, ...verifierContradictions(options), ...redisContradictions(options)];
}

/** What production would refuse of options in force. */
export function weaknessesOf(options: ResolvedOptions): ConfigurationProblem[] {
  return weaknesses({ ...options, requireTls: options.requireTls });
}

/** Options that are allowed in development but not in production. */
function weaknesses(options: Parsed): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const refuse = (isWeak: boolean, option: OptionName, message: string): void => {
    if (isWeak) problems.push({ name: OPTIONS[option].variable, message });
  };
  refuse(
    options.allowedOrigins.includes('*'),
    'allowedOrigins',
    'must name origins in production, because * allows every site',
  );
  refuse(options.allowedHosts.includes('*'), 'allowedHosts', 'must name hosts in production');
  refuse(
    options.requireTls === false,
    'requireTls',
    'must be true in production, because tokens would be sent unencrypted otherwise',
  );
  refuse(
    options.trustedProxies.some((range) => range.endsWith('/0')),
    'trustedProxies',
    'must not trust every address in production',
  );
  return [...problems, ...verifierWeaknesses(options), ...redisWeaknesses(options)];
}
