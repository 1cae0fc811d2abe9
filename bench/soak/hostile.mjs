/*
 * All kinds of attacks at once. Each kind has its own source address and is repeated until the input ends. Prints the
 * number of attacks of each kind.
 */
import { request } from 'node:http';
import { frame, Line } from './line.mjs';
import { forgeToken, mintToken } from './tokens.mjs';

const { port } = JSON.parse(process.argv[2]);
const MB = 1_048_576;
const PAUSE_MS = 250;
const JUNK = Buffer.from('8a00'.repeat(32_768), 'hex');
const CLOSE = frame(Buffer.from([3, 232]), 8);
const json = (value) => frame(JSON.stringify(value));
const many = (piece, count) => Buffer.concat(Array.from({ length: count }, () => piece));

const open = async (from, path = '/public', token) => {
  const line = new Line(port, from);
  await line.open(path, token);
  return line;
};

/** Sends a frame at a rate until it is closed or the time is over. */
async function pester(from, frames, { path, token, everyMs = 10, forMs = 5000 } = {}) {
  const line = await open(from, path, token);
  const until = performance.now() + forMs;
  while (!line.isClosed && performance.now() < until) {
    line.write(frames);
    await line.wait(everyMs);
  }
  line.destroy();
}

async function post(from, path, headers, body) {
  await new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', localAddress: from, method: 'POST', path, headers });
    sent.on('response', (response) => response.resume().on('end', resolve).on('error', resolve));
    sent.on('error', resolve).on('close', resolve);
    if (body === undefined) sent.write('{');
    else sent.end(body);
  });
}

const SCENARIOS = {
  'junk after its Close': async (from) => {
    const line = await open(from);
    line.write(CLOSE);
    await line.flood(JUNK, 60 * MB);
  },
  'junk after a violation': async (from) => {
    const line = await open(from);
    line.write(Buffer.from('8100', 'hex'));
    await line.flood(JUNK, 60 * MB);
  },
  'frames after it struck out': async (from) => {
    const line = await open(from);
    line.write(many(frame('garbage'), 40));
    await line.flood(many(frame('ab', 9), 8000), 60 * MB);
  },
  'junk behind a refusal': async (from) => {
    const line = await open(from, '/ws');
    await line.flood(JUNK, 60 * MB);
  },
  'forged tokens': async (from) => (await open(from, '/ws', forgeToken('mallory'))).destroy(),
  garbage: (from) => pester(from, many(frame('{]'), 5)),
  'unknown events': (from) => pester(from, many(json({ event: 'nope', id: 1 }), 5)),
  'too many messages': (from) => pester(from, many(json({ event: 'echo', data: { text: 'hi' }, id: 1 }), 5)),
  'a user over the limit': (from) =>
    pester(from, json({ event: 'echo', data: { text: 'hi' }, id: 1 }), {
      path: '/ws',
      token: mintToken('greedy'),
      everyMs: 25,
      forMs: 60_000,
    }),
  'pings without end': (from) => pester(from, many(frame('', 9), 20)),
  fragments: (from) => pester(from, many(frame('a', 0, false), 40)),
  'deep and broad bodies': (from) =>
    pester(from, json({ event: 'echo', data: { text: Array.from({ length: 2000 }, () => [[['x']]]) } })),
  'bodies that are not valid': (from) => pester(from, json({ event: 'echo', data: { text: 7 }, id: 'x' })),
  'never reads': async (from) => {
    const line = await open(from);
    line.socket.pause();
    for (let i = 0; i < 400 && !line.isClosed; i++) {
      line.write(json({ event: 'echo', data: { text: 'a'.repeat(100) } }));
      await line.wait(25);
    }
    line.destroy();
  },
  'silent TCP': async (from) => {
    const lines = Array.from({ length: 20 }, () => new Line(port, from));
    for (const { socket } of lines) socket.resume();
    await Promise.all(lines.map(({ closed }) => closed));
  },
  'dripping headers': async (from) => {
    const line = new Line(port, from);
    line.write('GET /ws HTTP/1.1\r\nHost: service.test\r\n');
    for (let i = 0; !line.isClosed; i++) {
      line.write(`X-${i}: drip\r\n`);
      await line.wait(1000);
    }
  },
  'a body that never comes': (from) =>
    post(from, '/auth/login', { 'content-type': 'application/json', 'content-length': 100 }),
  'wrong bearers': (from) =>
    post(from, '/auth/ticket', { authorization: `Bearer ${forgeToken('mallory')}` }, ''),
  'leaves without a word': async (from) => {
    const line = await open(from, '/ws', mintToken('hasty'));
    line.write(json({ event: 'slow', data: { ms: 1000 }, id: 1 }));
    line.socket.resetAndDestroy();
    await line.closed;
  },
};

const state = { isOver: false };
const done = Object.fromEntries(Object.keys(SCENARIOS).map((name) => [name, 0]));

async function repeat(name, from) {
  while (!state.isOver) {
    await SCENARIOS[name](from);
    done[name]++;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

process.stdin.resume().on('end', () => {
  state.isOver = true;
  console.log(JSON.stringify(done));
  process.exit(0);
});
await Promise.all(Object.keys(SCENARIOS).map((name, index) => repeat(name, `127.0.0.${index + 10}`)));
