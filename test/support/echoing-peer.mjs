/*
 * A client that measures the service during an attack. It runs in its own process, so that only the service's response
 * time is measured. It sends one echo request after another, every 5 ms, until its input ends. It prints their number
 * and the 99th percentile. The time that the service or this process waited for a processor is subtracted where the
 * kernel reports it. The two waits may overlap, so only the longer one is subtracted.
 */
import { existsSync, readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const { url, token, pid } = JSON.parse(process.argv[2]);
const schedstats = [pid, 'self'].map((id) => `/proc/${id}/schedstat`);
const isReported = schedstats.every((path) => existsSync(path));
const durations = [];
const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
let sentAt;
let waitsBefore;

/** How long each of the two processes has waited for a processor so far, in milliseconds. */
function waits() {
  if (!isReported) return [0];
  return schedstats.map((path) => Number(readFileSync(path, 'utf8').split(' ')[1]) / 1e6);
}

function ask() {
  sentAt = performance.now();
  waitsBefore = waits();
  socket.send('{"event":"echo","data":{"text":"hi"}}');
}

socket.on('message', (text) => {
  const waited = Math.max(...waits().map((ms, index) => ms - waitsBefore[index]));
  const took = performance.now() - sentAt - waited;
  const { event, data } = JSON.parse(text);
  if (event !== 'echo') throw new Error(`no echo: ${JSON.stringify(data)}`);
  if (durations.push(took) === 1) process.stdout.write('echoed\n');
  setTimeout(ask, 5);
});
socket.on('open', ask);
socket.on('close', (code) => {
  if (code !== 1000) throw new Error(`closed with ${code}`);
  // The first request is slower, because the code is compiled then.
  const sorted = durations.slice(1).toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)];
  process.stdout.write(`${JSON.stringify({ count: sorted.length, p99 })}\n`);
});
process.stdin.on('end', () => socket.close(1000)).resume();
