import { type ClientOptions, WebSocket } from 'ws';
import { DEFAULT_TIMEOUT_MS, within } from './deadline.js';
import type { TestConnectOptions, TestRefusal } from './test-handshake.interface.js';

/**
 * Performs one opening handshake.
 *
 * @param attach receives the socket before data can arrive
 * @throws Error if there is neither a response nor a connection in time
 */
export function shakeHands(
  url: string,
  options: TestConnectOptions,
  attach: (socket: WebSocket) => void,
): Promise<WebSocket | TestRefusal> {
  const { token, protocols = [], origin, headers, tls, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const init: ClientOptions = {
    rejectUnauthorized: false,
    ...tls,
    ...(origin !== undefined && { origin }),
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  };
  const socket = new WebSocket(url, protocols, init);
  attach(socket);
  const outcome = new Promise<WebSocket | TestRefusal>((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = parse(Buffer.concat(chunks).toString());
        const code = typeof body['code'] === 'string' ? body['code'] : '';
        resolve({ status: response.statusCode ?? 0, code, headers: response.headers, body });
      });
    });
  });
  return within(timeoutMs, outcome, () => {
    socket.terminate();
    return `the handshake with ${url} was not answered in time`;
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
