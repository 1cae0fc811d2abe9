import { ProviderUnavailableError } from '../../errors/provider-unavailable.error.js';
import { type Patience, requestJson } from './provider-http.js';

/**
 * The JWK set of an OpenID provider, by way of its metadata (OpenID Connect Discovery 1.0 §4).
 *
 * @param issuer as configured; the metadata must have exactly this one (§4.3)
 * @param patience for each of the two requests
 */
export async function openidKeys(issuer: string, patience: Patience): Promise<Record<string, unknown>> {
  const metadata = await requestJson(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    patience,
  );
  if (metadata['issuer'] !== issuer)
    throw new ProviderUnavailableError('the metadata of the provider names another issuer');
  const uri = metadata['jwks_uri'];
  if (typeof uri !== 'string' || !isAsSafe(uri, issuer))
    throw new ProviderUnavailableError('the metadata of the provider has no usable jwks_uri');
  return requestJson(uri, patience);
}

function isAsSafe(uri: string, issuer: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol } = new URL(uri);
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}
