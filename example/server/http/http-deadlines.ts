import type { Server } from 'node:http';

/** Time limits of HTTP requests in milliseconds. */
export interface HttpDeadlines {
  /** For the head and the body of a request. */
  request: number;
  /** From the head of a request until its response is sent. */
  exchange: number;
  /** Interval at which Node checks for late requests. */
  lookEvery: number;
}

/** In total less than 30 s: the module allows at most 10 s for the head. */
export const HTTP_DEADLINES: HttpDeadlines = { request: 15_000, exchange: 18_000, lookEvery: 2000 };

/**
 * Closes connections that send only part of a request or do not read the response. The module leaves these limits to
 * the application. This service has no uploads and no long responses.
 *
 * @param server must not listen yet
 */
export function limitWaiting(server: Server, { request, exchange, lookEvery }: HttpDeadlines): void {
  server.requestTimeout = request;
  // Nest calls createServer() without this option. Node reads it when the server starts to listen.
  Object.assign(server, { connectionsCheckingInterval: lookEvery });
  server.on('request', ({ socket }, response) => {
    const deadline = setTimeout(() => socket.destroy(), exchange).unref();
    response.once('close', () => clearTimeout(deadline));
  });
}
