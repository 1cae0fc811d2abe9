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

/** `forRoot()` takes these beside the options: they belong to the module, and a `useFactory` cannot return them. */
const OF_THE_MODULE = ['imports', 'providers', 'connectGuards', 'guards', 'throttlers'];

const reader = defineOptions(OPTIONS, {
  owner: 'WsSecurityModule',
  beside: Object.fromEntries(
    OF_THE_MODULE.map((name) => [
      name,
      `is no option that useFactory can return; write it beside useFactory: forRootAsync({ ${name}, useFactory, … })`,
    ]),
  ),
  contradictions,
  weaknesses,
  compared: ['jwtAlgorithms', 'redisUrl'],
});

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
  const { options, production, problems } = reader.read(given, environment);
  const requireTls = options.requireTls ?? production;
  return { options: Object.freeze({ ...options, requireTls, production }), problems };
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
  return [...problems, ...verifierContradictions(options), ...redisContradictions(options)];
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
  return [...problems, ...verifierWeaknesses(options), ...redisWeaknesses(options)];
}
