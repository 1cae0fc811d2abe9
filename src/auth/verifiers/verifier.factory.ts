import type { Clock } from '../../time/clock.js';
import { HMAC_ALGORITHMS, type JwtAlgorithm, PUBLIC_KEY_ALGORITHMS } from '../../options/jwt-algorithms.js';
import type { Outages } from '../../observability/outages.js';
import type { SecurityEvents } from '../../observability/security-events.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { issuersOfKeys } from '../../options/verifier-rules.js';
import { publicKeyOf } from '../../options/public-key.js';
import type { PrincipalMapper } from '../principal-mapper.js';
import type { VerifierName } from '../../errors/credential-check.js';
import type { TokenVerifier } from '../token-verifier.js';
import { UnconfiguredVerifier } from '../unconfigured.verifier.js';
import { ApiKeyFile } from './api-key-file.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import { CompositeVerifier, type NamedVerifier } from './composite.verifier.js';
import { IntrospectionVerifier } from './introspection.verifier.js';
import { HmacVerifier } from './hmac.verifier.js';
import { JwtVerifier, type JwtVerifierOptions } from './jwt.verifier.js';
import { ProviderFault } from './provider-fault.js';
import { openidKeys } from './openid-provider.js';
import { requestJson } from './provider-http.js';
import { REMEMBERED_BYTES } from './remembered-bytes.js';
import { type KeysWatcher, RemoteKeys } from './remote-keys.js';
import { FixedKeys, type VerificationKeys } from './verification-keys.js';

/** The dependencies of the verifiers. */
export interface VerifierParts {
  clock: Clock;
  mapper: PrincipalMapper;
  events: SecurityEvents;
  outages: Outages;
}

/** Creates the verifier that the options configure. */
export function createVerifier(options: ResolvedOptions, parts: VerifierParts): TokenVerifier {
  const jwt = jwtVerifiers(options, parts);
  const introspection = introspectionVerifier(options, parts);
  const apiKeys = apiKeyVerifier(options, parts);
  if (jwt.length === 0 && !introspection && !apiKeys) return new UnconfiguredVerifier();
  return new CompositeVerifier({ jwt, introspection, apiKeys });
}

function jwtVerifiers(options: ResolvedOptions, parts: VerifierParts): NamedVerifier[] {
  const { clock, mapper } = parts;
  const { jwtSecret, jwtPreviousSecrets, jwtPublicKey, jwtJwksUri, oidcIssuer } = options;
  const issuers = issuersOfKeys(options);
  const verifiers: NamedVerifier[] = [];
  const expect = <T extends JwtAlgorithm>(possible: readonly T[], usual = possible) => {
    const isPossible = (name: JwtAlgorithm): name is T =>
      (possible as readonly JwtAlgorithm[]).includes(name);
    const algorithms = options.jwtAlgorithms?.filter(isPossible) ?? usual;
    const { jwtAudience: audiences = [], jwtAudienceClaim: audienceClaim } = options;
    const { jwtType: type, jwtClockSkewMs: clockSkewMs } = options;
    const rememberedBytes = rememberedBytesOf(options);
    return { algorithms, issuers, audiences, audienceClaim, type, clockSkewMs, rememberedBytes };
  };
  const add = (name: VerifierName, keys: VerificationKeys, expected: JwtVerifierOptions): void => {
    verifiers.push({ name, verifier: new JwtVerifier(keys, expected, mapper, clock) });
  };
  if (jwtSecret !== undefined) {
    const expected = expect(HMAC_ALGORITHMS, ['HS256']);
    const verifier = new HmacVerifier([jwtSecret, ...jwtPreviousSecrets], expected, mapper, clock);
    verifiers.push({ name: 'secret', verifier });
  }
  const publicKey = jwtPublicKey === undefined ? undefined : publicKeyOf(jwtPublicKey);
  if (publicKey) add('public-key', new FixedKeys([publicKey.key]), expect(publicKey.algorithms));
  if (jwtJwksUri !== undefined) {
    const patience = { clock, timeoutMs: shareOf(options, 0.8) };
    const keys = new RemoteKeys(
      () => requestJson(jwtJwksUri, patience),
      clock,
      watcherOf('jwks', jwtJwksUri, parts),
    );
    add('jwks', keys, expect(PUBLIC_KEY_ALGORITHMS));
  }
  for (const issuer of oidcIssuer ?? []) {
    const patience = { clock, timeoutMs: shareOf(options, 0.4) };
    const keys = new RemoteKeys(() => openidKeys(issuer, patience), clock, watcherOf('oidc', issuer, parts));
    add('oidc', keys, { ...expect(PUBLIC_KEY_ALGORITHMS), issuers: [issuer] });
  }
  return verifiers;
}

function introspectionVerifier(
  options: ResolvedOptions,
  parts: VerifierParts,
): IntrospectionVerifier | undefined {
  const { clock, mapper } = parts;
  const { introspectionUrl: url, introspectionClientId: clientId } = options;
  const clientSecret = options.introspectionClientSecret;
  if (url === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const { jwtAudience: audiences = [], jwtAudienceClaim: audienceClaim } = options;
  const timeoutMs = shareOf(options, 0.8);
  const issuers = options.jwtIssuer ?? options.oidcIssuer ?? [];
  const expected = { issuers, audiences, audienceClaim, clockSkewMs: options.jwtClockSkewMs };
  const rememberedBytes = rememberedBytesOf(options);
  return new IntrospectionVerifier(
    { url, clientId, clientSecret, ...expected, clock, timeoutMs, rememberedBytes },
    mapper,
    watcherOf('introspection', url, parts),
  );
}

function apiKeyVerifier({ apiKeysFile }: ResolvedOptions, parts: VerifierParts): ApiKeyVerifier | undefined {
  if (apiKeysFile === undefined) return undefined;
  const { clock, events } = parts;
  const onFailed = (reason: string): void => events.emit({ type: 'api-keys.reload-failed', reason });
  const file = new ApiKeyFile(apiKeysFile, clock, onFailed);
  file.reloads.subscribe(() =>
    events.emit({ type: 'keys.rotated', verifier: 'api-keys', keys: file.keys.size }),
  );
  return new ApiKeyVerifier(file, clock);
}

/** Reports what happens to the keys of a verifier, or to its provider. There can be several OpenID providers. */
function watcherOf(verifier: VerifierName, url: string, { events, outages }: VerifierParts): KeysWatcher {
  const { origin, pathname } = new URL(url);
  const target = `${origin}${pathname === '/' ? '' : pathname}`;
  return {
    works: () => outages.works('verifier', verifier, target),
    failed: (error) =>
      outages.failed('verifier', verifier, error, {
        target,
        ...(error instanceof ProviderFault && { reason: error.reason }),
      }),
    rotated: (keys) => events.emit({ type: 'keys.rotated', verifier, target, keys }),
  };
}

/** The verifiers share the memory limit equally. */
function rememberedBytesOf(options: ResolvedOptions): number {
  const { jwtSecret, jwtPublicKey, jwtJwksUri, oidcIssuer, introspectionUrl } = options;
  const sources = [jwtSecret, jwtPublicKey, jwtJwksUri, ...(oidcIssuer ?? []), introspectionUrl];
  return REMEMBERED_BYTES / sources.filter((source) => source !== undefined).length;
}

/** A provider must answer before the deadline of the whole verification, so that the reason of a failure is known. */
function shareOf({ authTimeoutMs }: ResolvedOptions, share: number): number {
  return Math.max(1, Math.floor(authTimeoutMs * share));
}
