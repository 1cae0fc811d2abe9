import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
  /** Ends a connection that was accepted. */
  end: () => void;
}

export interface Attempt {
  /** The source address; the whole of 127.0.0.0/8 is this machine. */
  from?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
}

/**
 * Sends a handshake with exactly these headers.
 *
 * @param url with https for TLS; `http://unix:` and a path for a Unix socket
 */
export function handshake(
  url: string,
  { from = '127.0.0.1', path = '/public', headers = {} }: Attempt = {},
): Promise<Answer> {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  const socketPath = socketPathOf(url);
  return new Promise((resolve, reject) => {
    const call = send((socketPath === undefined ? url : 'http://localhost') + path, {
      agent: false,
      ...(socketPath === undefined ? { localAddress: from } : { socketPath }),
      rejectUnauthorized: false,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version': '13',
        ...headers,
      },
    });
    call.on('error', reject);
    call.on('upgrade', ({ headers: received }, socket) => {
      socket.on('error', () => undefined);
      resolve({ status: 101, headers: received, body: '', end: () => void socket.destroy() });
    });
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, end: () => undefined });
      });
    });
    call.end();
  });
}

/** The path of the Unix socket that the reference service says it listens on. */
export function socketPathOf(url: string): string | undefined {
  return /^https?:\/\/unix:(\/.*)$/.exec(url)?.[1];
}
