import type { IncomingMessage } from 'node:http';
import type { UpgradeRequest } from '../handshake/upgrade-request.js';

/**
 * What `ws` reads of a request whose shape has been checked. `headers` of the request itself would parse all headers
 * again, which takes a twentieth of a handshake. Most applications never read them.
 */
export function checkedRequestOf(request: UpgradeRequest): IncomingMessage {
  const { method, url, socket } = request.raw;
  const headers = {
    upgrade: request.only('upgrade'),
    'sec-websocket-key': request.only('sec-websocket-key'),
    'sec-websocket-version': request.only('sec-websocket-version'),
    'sec-websocket-protocol': joined(request.all('sec-websocket-protocol')),
    'sec-websocket-extensions': joined(request.all('sec-websocket-extensions')),
  };
  return { method, url, socket, headers } as unknown as IncomingMessage;
}

/** As Node joins them. */
function joined(lines: readonly string[]): string | undefined {
  return lines.length > 1 ? lines.join(', ') : lines[0];
}
