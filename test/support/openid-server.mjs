/*
 * An OpenID provider (node-oidc-provider, which is certified) in its own process. It reports its issuer, accepts new
 * signing keys while it runs, and counts the requests by path.
 */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Provider } from 'oidc-provider';

const { port, keys, clients, tls } = JSON.parse(process.argv[2]);
const SCOPE = 'chat:read chat:write';
const DAY_S = 86_400;

/** The resources that tokens can be requested for: JWTs and opaque tokens, each for two audiences. */
const RESOURCES = {
  'urn:chat': { audience: 'chat', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'urn:mail': { audience: 'mail', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'urn:chat:opaque': { audience: 'chat', accessTokenFormat: 'opaque' },
  'urn:mail:opaque': { audience: 'mail', accessTokenFormat: 'opaque' },
};

const settings = (jwks) => ({
  jwks: { keys: jwks },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  scopes: SCOPE.split(' '),
  clients: clients.map(({ id, secret }) => ({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  })),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        scope: SCOPE,
        accessTokenTTL: DAY_S,
        ...RESOURCES[resource],
      }),
    },
  },
  // By default an opaque token of the client credentials grant has no subject.
  extraTokenClaims: (_context, { clientId }) => ({
    roles: ['robot'],
    ...(clientId !== 'nobody' && { sub: clientId }),
  }),
});

const server = tls ? createTlsServer(tls) : createServer();
// Only clients close idle connections, so no request meets a closed connection.
server.keepAliveTimeout = 0;
server.listen(port, '127.0.0.1', () => {
  const issuer = `${tls ? 'https' : 'http'}://localhost:${server.address().port}`;
  const handlerFor = (jwks) => new Provider(issuer, settings(jwks)).callback();
  let handler = handlerFor(keys);
  let counts = {};
  server.on('request', (request, response) => {
    counts[request.url] = (counts[request.url] ?? 0) + 1;
    void handler(request, response);
  });
  process.on('message', ({ rotate }) => {
    if (rotate) handler = handlerFor(rotate);
    process.send({ counts });
  });
  process.on('disconnect', () => process.exit());
  process.send({ issuer });
});
