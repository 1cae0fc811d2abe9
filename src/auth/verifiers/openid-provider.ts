import { ProviderFault } from './provider-fault.js';
import { type ProviderTimeout, requestJson } from './provider-http.js';

/**
 * Fetches the JWK set of an OpenID provider, whose metadata names its URL (OpenID Connect Discovery 1.0 §4).
 *
 * @param issuer as configured; the metadata must contain exactly this issuer (§4.3)
 * @param timeout per request; there are two
 */
export async function openidKeys(issuer: string, timeout: ProviderTimeout): Promise<Record<string, unknown>> {
  const metadata = await requestJson(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    timeout,
  );
  if (metadata['issuer'] !== issuer) throw new ProviderFault('the metadata names another issuer');
  const uri = metadata['jwks_uri'];
  if (typeof uri !== 'string' || !isAsSafe(uri, issuer))
    throw new ProviderFault('the metadata has no usable jwks_uri');
  return requestJson(uri, timeout);
}

function isAsSafe(uri: string, issuer: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol } = new URL(uri);
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}
