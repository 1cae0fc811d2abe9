import type { ResolvedOptions } from '../../options/options.schema.js';

/** A security scheme of AsyncAPI 3.0. */
export type SecurityScheme = Readonly<Record<string, string>>;

const OPENID_CONFIGURATION = '/.well-known/openid-configuration';

/**
 * The ways to send a credential in the handshake, from the sources and verifiers of the options. AsyncAPI has none for a
 * credential in the first message.
 *
 * @param hasVerifier whether tokens are verified at all, by the options or by the application
 */
export function securitySchemesOf(
  options: ResolvedOptions,
  hasVerifier: boolean,
): Record<string, SecurityScheme> {
  const { authSources, authCookie, apiKeysFile, tlsCaFile, oidcIssuer = [] } = options;
  const schemes: Record<string, SecurityScheme> = {};
  const isSource = (source: (typeof authSources)[number]): boolean =>
    hasVerifier && authSources.includes(source);
  if (isSource('header')) {
    schemes['bearer'] = { type: 'http', scheme: 'bearer', ...bearerFormat(options) };
    if (apiKeysFile !== undefined)
      schemes['apiKey'] = { type: 'httpApiKey', in: 'header', name: 'X-Api-Key' };
  }
  if (isSource('subprotocol'))
    schemes['subprotocol'] = {
      type: 'httpApiKey',
      in: 'header',
      name: 'Sec-WebSocket-Protocol',
      description: 'The entry `bearer.<token>` beside an application protocol.',
    };
  if (isSource('cookie')) schemes['cookie'] = { type: 'httpApiKey', in: 'cookie', name: authCookie ?? '' };
  if (isSource('ticket'))
    schemes['ticket'] = {
      type: 'httpApiKey',
      in: 'query',
      name: 'ticket',
      description: 'Valid once, for an authenticated HTTP request.',
    };
  if (isSource('query')) schemes['query'] = { type: 'httpApiKey', in: 'query', name: 'token' };
  oidcIssuer.forEach((issuer, at) => {
    const openIdConnectUrl = issuer.replace(/\/$/, '') + OPENID_CONFIGURATION;
    schemes[at === 0 ? 'openIdConnect' : `openIdConnect${at + 1}`] = {
      type: 'openIdConnect',
      openIdConnectUrl,
    };
  });
  if (tlsCaFile !== undefined) schemes['certificate'] = { type: 'X509' };
  return Object.fromEntries(Object.entries(schemes).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Only if no verifier takes other tokens. */
function bearerFormat(options: ResolvedOptions): SecurityScheme {
  const { jwtSecret, jwtPublicKey, jwtJwksUri, oidcIssuer, introspectionUrl } = options;
  const isJwt = [jwtSecret, jwtPublicKey, jwtJwksUri, oidcIssuer].some((one) => one !== undefined);
  return isJwt && introspectionUrl === undefined ? { bearerFormat: 'JWT' } : {};
}
