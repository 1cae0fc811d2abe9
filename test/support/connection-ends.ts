import { CloseCode, ConnectionRegistry, type WsSecurityOptions } from 'nestjs-ws-security';
import { close, fragments, frame, Opcode, ping, text } from './raw-frames.js';
import { StubbornClient } from './stubborn-client.js';

/** Three kinds of bytes that a client may keep sending without end. */
export const JUNK = {
  'unmasked frames of two bytes': Buffer.from('8a00'.repeat(32_768), 'hex'),
  'masked pings': Buffer.concat(Array.from({ length: 8192 }, () => ping('ab'))),
  'one frame that is too large': Buffer.alloc(65_536, 0x41),
};
export type JunkName = keyof typeof JUNK;

/** Whether the server has sent a close frame with this code. */
export const closeOf = (code: number) => (received: string) =>
  received.includes(String.fromCharCode(code >> 8, code & 0xff), received.indexOf('\r\n\r\n') + 5);

export const kickAll = (connections: ConnectionRegistry): void => {
  for (const connection of connections) connection.close(CloseCode.FORBIDDEN, 'kicked');
};

export interface End {
  path?: string;
  options?: WsSecurityOptions;
  /** Makes the server close the connection. @returns the expected close code */
  end?: (client: StubbornClient, connections: ConnectionRegistry) => number;
}

export const ENDS: Record<string, End> = {
  'it sent a Close': { end: (client) => (client.write(close(1000)), 1000) },
  'it broke the protocol': {
    end: (client) => (client.write(frame({ mask: null })), CloseCode.PROTOCOL_ERROR),
  },
  'it sent a frame that is too large': {
    end: (client) => (client.write(text('', { length: 1_000_000n })), CloseCode.MESSAGE_TOO_BIG),
  },
  'it sent too many fragments': {
    options: { frameBurst: 1000 },
    end: (client) => {
      client.write(Buffer.concat(fragments(Array<string>(100).fill('a'))));
      return CloseCode.POLICY_VIOLATION;
    },
  },
  'it sent a binary frame': {
    end: (client) => (client.write(frame({ opcode: Opcode.BINARY })), CloseCode.UNSUPPORTED_DATA),
  },
  'it struck out': {
    options: { strikeLimit: 2 },
    end: (client) => (client.write(Buffer.concat([text('no'), text('no')])), CloseCode.TOO_MANY_REQUESTS),
  },
  'it was kicked': { end: (_client, connections) => (kickAll(connections), CloseCode.FORBIDDEN) },
  'its login failed': {
    path: '/members',
    options: { authSources: ['message'] },
    end: (client) => (
      client.write(text('{"event":"auth","data":{"token":"a.b.c"}}')),
      CloseCode.UNAUTHENTICATED
    ),
  },
  'it was refused with a close code': {
    path: '/members',
    options: { rejectWith: 'close' },
    end: () => CloseCode.UNAUTHENTICATED,
  },
};
