import type { ConfigurationProblem } from '../errors/configuration.error.js';
import { HMAC_ALGORITHMS, HMAC_BYTES, isHmac, PUBLIC_KEY_ALGORITHMS } from './jwt-algorithms.js';
import { OPTIONS, type OptionName, type ResolvedOptions } from './options.schema.js';
import { publicKeyOf } from './public-key.js';

type VerifierOptions = Pick<ResolvedOptions, 'jwtPreviousSecrets' | 'jwtAudienceClaim'> &
  Partial<
    Pick<
      ResolvedOptions,
      | 'jwtSecret'
      | 'jwtPublicKey'
      | 'jwtJwksUri'
      | 'oidcIssuer'
      | 'jwtAlgorithms'
      | 'jwtIssuer'
      | 'jwtAudience'
      | 'introspectionUrl'
      | 'introspectionClientId'
      | 'introspectionClientSecret'
    >
  >;

export const PUBLIC_KEYS = ['jwtPublicKey', 'jwtJwksUri', 'oidcIssuer'] as const;
export const INTROSPECTION = [
  'introspectionUrl',
  'introspectionClientId',
  'introspectionClientSecret',
] as const;

/** Options that each configure a verifier. */
export const VERIFIERS = [
  'jwtSecret',
  ...PUBLIC_KEYS,
  'introspectionUrl',
  'apiKeysFile',
] as const satisfies readonly OptionName[];

export function hasVerifier(options: { readonly [K in (typeof VERIFIERS)[number]]?: unknown }): boolean {
  return VERIFIERS.some((name) => options[name] !== undefined);
}

/** Options of verifiers that are valid on their own but contradict each other. */
export function verifierContradictions(options: VerifierOptions): ConfigurationProblem[] {
  const publicKeys = PUBLIC_KEYS.filter((name) => options[name] !== undefined);
  const problems: ConfigurationProblem[] = [];
  if (options.jwtSecret !== undefined) {
    // RFC 8725 §2.1: a public key must never be used as a shared secret.
    for (const name of publicKeys) {
      const message =
        'must not be set together with WS_JWT_SECRET, because HMAC and public keys must not be mixed';
      problems.push(problem(name, message));
    }
  } else if (options.jwtPreviousSecrets.length > 0) {
    problems.push(problem('jwtSecret', 'is required if WS_JWT_PREVIOUS_SECRETS is set'));
  }
  if (hasIdleIssuer(options))
    problems.push(problem('jwtIssuer', 'must name only issuers of WS_OIDC_ISSUER, the only ones with keys'));
  problems.push(...keysWithoutIssuer(options));
  if (options.jwtAudienceClaim !== 'aud' && options.jwtAudience === undefined)
    problems.push(problem('jwtAudience', 'is required if WS_JWT_AUDIENCE_CLAIM is set'));
  problems.push(...algorithmProblems(options));
  const given = INTROSPECTION.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    const missing = INTROSPECTION.filter((name) => options[name] === undefined);
    const message = `is required if ${OPTIONS[given].variable} is set`;
    problems.push(...missing.map((name) => problem(name, message)));
  }
  return problems;
}

/** Options of verifiers that are allowed in development but not in production. */
export function verifierWeaknesses(options: VerifierOptions): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  for (const name of ['jwtJwksUri', 'oidcIssuer', 'introspectionUrl'] as const) {
    if (listOf(options[name]).some((url) => url.startsWith('http:')))
      problems.push(problem(name, 'must be an https URL in production'));
  }
  const isToken = options.jwtSecret !== undefined || PUBLIC_KEYS.some((name) => options[name] !== undefined);
  return isToken ? [...problems, ...verifierNeeds(options)] : problems;
}

/** Options that production requires in addition to a key. */
export function verifierNeeds(options: VerifierOptions): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if ((options.jwtIssuer ?? options.oidcIssuer) === undefined)
    problems.push(problem('jwtIssuer', 'is required in production: the issuer whose tokens are accepted'));
  if (options.jwtAudience === undefined)
    problems.push(problem('jwtAudience', 'is required in production: the audience that tokens must name'));
  return problems;
}

/**
 * The issuers whose tokens are verified with the secret, the public key or the JWK set. Those of OpenID providers are
 * not among them, because their keys are found by discovery: a token must never be verified with keys of another issuer.
 */
export function issuersOfKeys({
  jwtIssuer,
  oidcIssuer,
}: Pick<VerifierOptions, 'jwtIssuer' | 'oidcIssuer'>): readonly string[] {
  const discovered = listOf(oidcIssuer);
  return listOf(jwtIssuer).filter((issuer) => !discovered.includes(issuer));
}

/** The tokens of a provider name the provider, so no token can have another issuer. */
function hasIdleIssuer(options: VerifierOptions): boolean {
  const { oidcIssuer, jwtPublicKey, jwtJwksUri, introspectionUrl } = options;
  if (oidcIssuer === undefined || (jwtPublicKey ?? jwtJwksUri ?? introspectionUrl) !== undefined)
    return false;
  return issuersOfKeys(options).length > 0;
}

/** Beside OpenID providers, keys need an issuer of their own. Otherwise they would verify tokens of any issuer. */
function keysWithoutIssuer(options: VerifierOptions): ConfigurationProblem[] {
  if (options.oidcIssuer === undefined || issuersOfKeys(options).length > 0) return [];
  return (['jwtPublicKey', 'jwtJwksUri'] as const)
    .filter((name) => options[name] !== undefined)
    .map((name) => {
      const message = `must name the issuer of ${OPTIONS[name].variable}, because WS_OIDC_ISSUER has keys of its own`;
      return problem('jwtIssuer', message);
    });
}

/** A stand-in for a wrong list is a string. */
function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

function algorithmProblems(options: VerifierOptions): ConfigurationProblem[] {
  const algorithms = options.jwtAlgorithms;
  if (!algorithms) return [];
  const hmac = algorithms.filter(isHmac);
  if (hmac.length > 0 && hmac.length < algorithms.length)
    return [problem('jwtAlgorithms', 'must not mix HMAC (HS…) with public keys')];
  const possible = possibleAlgorithms(options);
  const impossible = algorithms.filter((algorithm) => !possible.has(algorithm));
  if (impossible.length > 0) {
    const allowed = [...possible].join(', ') || 'empty until a key is configured';
    const message = `has ${impossible.join(', ')}, which no configured key supports; it may be ${allowed}`;
    return [problem('jwtAlgorithms', message)];
  }
  const bytes = Math.max(0, ...hmac.map((algorithm) => HMAC_BYTES[algorithm]));
  const isShort = (secret: string | undefined): boolean =>
    secret !== undefined && Buffer.byteLength(secret) < bytes;
  if (![options.jwtSecret, ...options.jwtPreviousSecrets].some(isShort)) return [];
  return [problem('jwtAlgorithms', `has an algorithm that requires secrets of at least ${bytes} bytes`)];
}

function possibleAlgorithms({
  jwtSecret,
  jwtPublicKey,
  jwtJwksUri,
  oidcIssuer,
}: VerifierOptions): ReadonlySet<string> {
  return new Set<string>([
    ...(jwtSecret === undefined ? [] : HMAC_ALGORITHMS),
    // The algorithms of an unreadable key are unknown. The key is reported separately.
    ...(jwtPublicKey === undefined ? [] : (publicKeyOf(jwtPublicKey)?.algorithms ?? PUBLIC_KEY_ALGORITHMS)),
    ...((jwtJwksUri ?? oidcIssuer) === undefined ? [] : PUBLIC_KEY_ALGORITHMS),
  ]);
}

function problem(option: OptionName, message: string): ConfigurationProblem {
  return { name: OPTIONS[option].variable, message };
}
