import { Buffer } from 'node:buffer';
import type { Handshake } from './raw-connection.js';

/** How a peer is spoken to. */
export interface Dialect {
  /** What is needed to open a connection; without a token nothing is shown. */
  readonly handshake: (token: string | undefined) => Pick<Handshake, 'request' | 'login'>;
  /** A message as it goes into a text frame. */
  readonly message: (event: string, data?: unknown) => string;
  /** What an answer says: the event it serves, or the code it is refused with (`exception` when there is none). */
  readonly meaningOf: (answer: string) => { event: string; code?: string | undefined };
  /** What no server of this dialect can read. */
  readonly garbage: string;
}

function upgradeRequest(path: string, token: string | undefined): Buffer {
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

interface Envelope {
  event: string;
  data?: { code?: string } | null;
}

/** `{ event, data }`, as Nest's WebSocket gateways have it. */
const nest: Dialect = {
  handshake: (token) => ({ request: upgradeRequest('/ws', token) }),
  message: (event, data) => JSON.stringify({ event, data }),
  meaningOf(answer) {
    const { event, data } = JSON.parse(answer) as Envelope;
    return { event, code: data?.code };
  },
  garbage: '{"event":"echo","data":{"text":',
};

/** Socket.IO 4 (protocol 5) on the WebSocket transport, without the polling that browsers begin with. */
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

/** Bare text, one kind of message, the token in the URL. */
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
