import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { measured } from '../servers/measured.js';
import { serverKeys } from '../servers/tls.js';

// Only the transport: no credentials, no validation, no limits.

interface Envelope {
  event: string;
  data?: { text?: unknown };
}

const keys = serverKeys();
const server = keys ? createSecureServer(keys) : createServer();
const sockets = new WebSocketServer({ server, path: '/ws' });

sockets.on('connection', (socket: WebSocket) => {
  socket.on('error', () => undefined);
  socket.on('message', (bytes: RawData) => {
    const { event, data } = JSON.parse((bytes as Buffer).toString()) as Envelope;
    if (event === 'echo') socket.send(JSON.stringify({ event, data: { text: data?.text } }));
  });
});

measured(server, (event, data) => {
  const text = JSON.stringify({ event, data });
  for (const socket of sockets.clients) socket.send(text);
});
