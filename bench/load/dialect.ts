import { Buffer } from 'node:buffer';
import type { Handshake } from './raw-connection.js';

/** The protocol of a measured server. */
export interface Dialect {
  /** The request that opens a connection. Without a token it has no credential. */
  readonly handshake: (token: string | undefined) => Pick<Handshake, 'request' | 'login'>;
  /** The text of a message. */
  readonly message: (event: string, data?: unknown) => string;
  /** The event of an answer, or the code of a refusal (`exception` without a code). */
  readonly meaningOf: (answer: string) => { event: string; code?: string | undefined };
  /** A text that no server with this protocol accepts. */
  readonly garbage: string;
}

/** @param protocols the subprotocols that are offered */
export function upgradeRequest(
  path: string,
  token: string | undefined,
  protocols: readonly string[] = [],
): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

interface Envelope {
  event: string;
  data?: { code?: string } | null;
}

/** `{ event, data }`, the format of Nest's WebSocket gateways. */
const nest: Dialect = {
  handshake: (token) => ({ request: upgradeRequest('/ws', token) }),
  message: (event, data) => JSON.stringify({ event, data }),
  meaningOf(answer) {
    const { event, data } = JSON.parse(answer) as Envelope;
    return { event, code: data?.code };
  },
  garbage: '{"event":"echo","data":{"text":',
};

/** Socket.IO 4 (protocol 5) on the WebSocket transport, without initial polling. */
const socketIo: Dialect = {
  handshake: (token) => ({
    request: upgradeRequest('/socket.io/?EIO=4&transport=websocket', undefined),
    login: { text: `40${JSON.stringify(token === undefined ? {} : { token })}`, accepted: '40' },
  }),
  message: (event, data) => `42${JSON.stringify(data === undefined ? [event] : [event, data])}`,
  meaningOf(answer) {
    const [event, data] = JSON.parse(answer.slice(2)) as [string, { code?: string } | undefined];
    return { event, code: data?.code };
  },
  garbage: '42["echo",{"text":',
};

/** Plain text with one kind of message, and the token in the URL. */
const plainText: Dialect = {
  handshake: (token) => ({
    request: upgradeRequest(token === undefined ? '/ws' : `/ws?token=${token}`, undefined),
  }),
  message: (_event, data) => (data as { text?: string } | undefined)?.text ?? '',
  meaningOf: (answer) => ({ event: answer.startsWith('Received') ? 'echo' : 'exception' }),
  garbage: '\u0000',
};

export const DIALECTS = { nest, 'socket-io': socketIo, 'plain-text': plainText };

export type DialectName = keyof typeof DIALECTS;
