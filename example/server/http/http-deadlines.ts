import type { Server } from 'node:http';

/** How long the peer of an HTTP request may take; milliseconds. */
export interface HttpDeadlines {
  /** For its head and its body. */
  request: number;
  /** From its head on, until its answer is on its way. */
  exchange: number;
  /** How often Node looks whether a request is late. */
  lookEvery: number;
}

/** Together less than 30 s: the head takes at most 10 s, as the module has it. */
export const HTTP_DEADLINES: HttpDeadlines = { request: 15_000, exchange: 18_000, lookEvery: 2000 };

/**
 * Cuts whoever sends half a request, or does not read the answer. This service takes no uploads and sends nothing
 * long; the module leaves that to the application.
 *
 * @param server before it listens
 */
export function limitWaiting(server: Server, { request, exchange, lookEvery }: HttpDeadlines): void {
  server.requestTimeout = request;
  // An option of createServer(), which Nest calls without any; Node reads it when the server starts to listen.
  Object.assign(server, { connectionsCheckingInterval: lookEvery });
  server.on('request', ({ socket }, response) => {
    const deadline = setTimeout(() => socket.destroy(), exchange).unref();
    response.once('close', () => clearTimeout(deadline));
  });
}
