import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientLocator } from 'nestjs-ws-security';

const TWO_YEARS = 'max-age=63072000';

/**
 * Headers of every answer: browsers guess no types, and come back over TLS only (RFC 6797) once they came over TLS,
 * to this service or to a proxy it trusts.
 */
export function securityHeaders(clients: ClientLocator) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Over plain HTTP anybody could have written it (RFC 6797 §7.2).
    if (clients.locate(request).isSecure) response.setHeader('Strict-Transport-Security', TWO_YEARS);
  };
}
