/*
 * Clients, in a process of their own, that end their connection with a Close and then write on: so many of them at once,
 * and each so many bytes of unmasked frames without a payload, until the service cuts the line. Prints how many bytes
 * the kernel took from all of them, and how many were cut before they were done.
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

/** Resolves with the bytes that were taken of one client, and whether it was cut. */
function goOn() {
  return new Promise((resolve) => {
    // It does not go when it is told to.
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

const ends = await Promise.all(Array.from({ length: count }, goOn));
const written = ends.reduce((sum, end) => sum + end.written, 0);
process.stdout.write(JSON.stringify({ written, cut: ends.filter(({ isCut }) => isCut).length }));
