import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientLocator } from 'nestjs-ws-security';

const TWO_YEARS = 'max-age=63072000';

/**
 * Headers of every response: no type sniffing, and only TLS in the future (RFC 6797) if the client used TLS, to this
 * service or to a trusted proxy.
 */
export function securityHeaders(clients: ClientLocator) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Browsers ignore this header over plain HTTP, where it could be forged (RFC 6797 §7.2).
    if (clients.locate(request).isSecure) response.setHeader('Strict-Transport-Security', TWO_YEARS);
  };
}
