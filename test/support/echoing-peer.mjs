/*
 * A client beside an attack, in a process of its own, so that nothing is measured but how long the service takes: one
 * echo after the other, every 5 ms, until its input ends. Prints their number and the 99th percentile.
 */
import { WebSocket } from 'ws';

const { url, token } = JSON.parse(process.argv[2]);
const durations = [];
const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
let sentAt;

function ask() {
  sentAt = performance.now();
  socket.send('{"event":"echo","data":{"text":"hi"}}');
}

socket.on('message', (text) => {
  const { event, data } = JSON.parse(text);
  if (event !== 'echo') throw new Error(`no echo: ${JSON.stringify(data)}`);
  if (durations.push(performance.now() - sentAt) === 1) process.stdout.write('echoed\n');
  setTimeout(ask, 5);
});
socket.on('open', ask);
socket.on('close', (code) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
  // The first one compiled what the others run.
  const sorted = durations.slice(1).toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)];
  process.stdout.write(`${JSON.stringify({ count: sorted.length, p99 })}\n`);
});
process.stdin.on('end', () => socket.close(1000)).resume();
