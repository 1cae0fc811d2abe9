/*
 * A hundred well-behaved clients. Each sends a request every half second and listens to one room. One of them writes
 * into the room five times a second. Ends with its input, and prints the lost answers and messages.
 */
import { WebSocket } from 'ws';
import { WsClient } from '../../dist/client/index.js';
import { mintToken } from './tokens.mjs';

const { url, count } = JSON.parse(process.argv[2]);
const ROOM = 'soak';
const PUSH_MS = 200;
const REQUEST_MS = 500;

const waits = [];
const tally = { requests: 0, answered: 0, failed: {}, published: 0, missing: 0, doubled: 0, reconnects: 0 };

class Member {
  heard = -1;

  constructor(index) {
    const token = mintToken(`member-${index}`);
    this.client = new WsClient({ url, token: () => token, WebSocket });
    this.client.onPush('chat.message', ({ text }) => this.hear(Number(text)));
    this.client.on('status', ({ state, previous }) => {
      if (state === 'waiting' && previous === 'open') tally.reconnects++;
    });
  }

  async start() {
    await this.client.connect();
    await this.client.request('chat.join', { room: ROOM });
  }

  hear(number) {
    if (number === this.heard) tally.doubled++;
    else if (this.heard !== -1 && number !== this.heard + 1) tally.missing++;
    this.heard = number;
  }

  async ask() {
    tally.requests++;
    const sentAt = performance.now();
    try {
      const { text } = await this.client.request('echo', { text: 'hello' });
      if (text !== 'hello') throw new Error(`echoed ${text}`);
      tally.answered++;
      waits.push(performance.now() - sentAt);
    } catch (error) {
      tally.failed[error.code ?? error.message] = (tally.failed[error.code ?? error.message] ?? 0) + 1;
    }
  }
}

const members = Array.from({ length: count }, (_, index) => new Member(index));
for (const member of members) await member.start();
process.stdout.write('ready\n');

const timers = members.map((member, index) => {
  let timer = setTimeout(
    function again() {
      void member.ask();
      timer = setTimeout(again, REQUEST_MS);
    },
    (index * REQUEST_MS) / count,
  );
  return () => clearTimeout(timer);
});
const publisher = setInterval(() => {
  void members[0].client.request('chat.send', { room: ROOM, text: String(tally.published++) });
}, PUSH_MS);

process.stdin.resume().on('end', () => void end());

async function end() {
  clearInterval(publisher);
  for (const stop of timers) stop();
  // Waits for answers that are on their way.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const behind = members.filter(({ heard }) => heard !== tally.published - 1).length;
  waits.sort((a, b) => a - b);
  const p = (share) => waits[Math.floor(waits.length * share)]?.toFixed(1);
  for (const { client } of members) client.close();
  console.log(JSON.stringify({ ...tally, behind, p50: p(0.5), p99: p(0.99), max: p(0.999999) }));
}
