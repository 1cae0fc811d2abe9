import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HandshakeRefusal } from '../errors/handshake.refusal.js';

const LINGER_MS = 1000;
const LINGER_BYTES = 65_536;

/** Answers with a problem document (RFC 9457) and closes. Data after the request is not parsed. */
export function refuse(socket: Duplex, refusal: HandshakeRefusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(responseOf(refusal));
  linger(socket);
}

/** Answers 431 (RFC 6585 §5), as Node does for headers that are too long. */
export function refuseHeaders(socket: Duplex): void {
  socket.end(
    'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  );
  linger(socket);
}

function responseOf({ status, code, headers }: HandshakeRefusal): string {
  const title = STATUS_CODES[status] ?? '';
  const body = JSON.stringify({ type: 'about:blank', title, status, code });
  const head = {
    Connection: 'close',
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n');
}

/**
 * Reads and discards data for a moment before it closes. If a socket is closed with unread bytes, the kernel resets the
 * connection, and the client may lose the answer (RFC 9112 §9.6).
 */
function linger(socket: Duplex): void {
  let discarded = 0;
  const cut = (): void => void socket.destroy();
  const deadline = setTimeout(cut, LINGER_MS).unref();
  socket.once('end', cut);
  socket.once('close', () => clearTimeout(deadline));
  socket.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > LINGER_BYTES) cut();
  });
}
