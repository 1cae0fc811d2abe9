/*
 * Clients in their own process that send a Close and then keep writing. `count` clients run at once, and each writes
 * `bytesEach` bytes of unmasked empty frames until the service cuts the connection. Prints how many bytes the kernel
 * accepted from all clients, and how many clients were cut before they had finished.
 */
import { connect } from 'node:net';

const { port, path, count, bytesEach, from } = JSON.parse(process.argv[2]);
const CHUNK = Buffer.from('8a00'.repeat(32_768), 'hex');
const CLOSE = Buffer.from('88820000000003e8', 'hex');
const REQUEST = [
  `GET ${path} HTTP/1.1`,
  'Host: service.test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\r\n');

/** Resolves with the number of bytes accepted from one client, and whether it was cut. */
function keepWriting() {
  return new Promise((resolve) => {
    // Ignores the server's FIN.
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true });
    let left = bytesEach;
    const write = () => {
      while (left > 0 && socket.writable) {
        left -= CHUNK.length;
        if (!socket.write(CHUNK)) return;
      }
      if (left <= 0) socket.destroy();
    };
    socket.on('connect', () => socket.write(REQUEST));
    socket.once('data', () => {
      socket.write(CLOSE);
      write();
    });
    socket.on('drain', write);
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ written: socket.bytesWritten, isCut: left > 0 }));
  });
}

const ends = await Promise.all(Array.from({ length: count }, keepWriting));
const written = ends.reduce((sum, end) => sum + end.written, 0);
process.stdout.write(JSON.stringify({ written, cut: ends.filter(({ isCut }) => isCut).length }));
