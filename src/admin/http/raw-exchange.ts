import type { IncomingMessage, ServerResponse } from 'node:http';

/** The request of Node: that of Express is one, that of Fastify has one. */
export function rawRequestOf(request: object): IncomingMessage {
  return 'raw' in request ? (request.raw as IncomingMessage) : (request as IncomingMessage);
}

/** The response of Node, which is written to directly from now on. */
export function takeRawResponse(response: object): ServerResponse {
  if (!('raw' in response)) return response as ServerResponse;
  // Fastify would answer, too.
  (response as { hijack?: () => void }).hijack?.();
  return response.raw as ServerResponse;
}
