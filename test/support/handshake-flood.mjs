/*
 * An attacker in its own process, so that it does not disturb the measurement. It sends raw handshakes from one source
 * address at a steady rate, or slower if the machine does not keep up. It prints the number of answers by status.
 */
import { connect } from 'node:net';

const { port, from, count, perSecond, atOnce, token } = JSON.parse(process.argv[2]);
const TICK_MS = 5;

const bytes = [
  'GET /ws HTTP/1.1',
  'Host: service.test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  `Authorization: Bearer ${token}`,
  '',
  '',
].join('\r\n');

const statuses = {};
const started = performance.now();
let sent = 0;
let ended = 0;

function attempt() {
  let text = '';
  const socket = connect({ port, host: '127.0.0.1', localAddress: from }, () => socket.write(bytes));
  socket.setEncoding('latin1');
  socket.on('data', (chunk) => (text += chunk));
  socket.on('error', (error) => (text ||= `xxxxxxxxx${error.code}`));
  socket.on('close', () => {
    const status = text.slice(9, 12);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (++ended < count) return;
    process.stdout.write(JSON.stringify({ statuses }));
  });
}

const pace = setInterval(() => {
  const elapsedMs = performance.now() - started;
  const due = Math.min(count, (elapsedMs / 1000) * perSecond, ended + atOnce);
  for (; sent < due; sent++) attempt();
  if (sent >= count) clearInterval(pace);
}, TICK_MS);
